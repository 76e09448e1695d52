export { letterPdf } from './letter.ts'
export type { Letter } from './letter.ts'
export { printable } from './printable.ts'
export { newVerificationCode, parseVerificationCode } from './verification.ts'
