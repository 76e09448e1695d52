export { countHit, uploadLimits, windowIsFull } from '#src/platform/http/limits.ts'
