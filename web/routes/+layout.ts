// Nothing ships JavaScript unless it says so; (staff)/+layout.ts does.
export const csr = false
