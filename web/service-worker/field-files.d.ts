/** Made by scripts/field-files.ts while the worker is built. */
declare module 'virtual:pilar/field-files' {
  /** Addresses of the built files of the pages that open without a line. */
  export const files: string[]
}
