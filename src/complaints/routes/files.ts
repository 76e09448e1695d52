export { sendFile } from '#src/platform/http/send-file.ts'
