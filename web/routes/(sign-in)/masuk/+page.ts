/** The one page of signing in with a script: browsers give passkeys to scripts only. Everything else works without. */
export const csr = true
