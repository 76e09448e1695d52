export type RefusalCode = 'too_large' | 'type_not_allowed' | 'unreadable' | 'encrypted_pdf' | 'active_pdf' | 'empty'

/**
 * What a sentence about the refusal needs: the limit and its unit (`too_large`), the type that was seen
 * (`type_not_allowed`, absent when nothing was recognised), or the PDF feature that was found (`active_pdf`).
 */
export type RefusalData = { limit?: number; unit?: 'bytes' | 'pixels'; type?: string; found?: string }

/** A file that is not taken in. It carries a stable code and data; the sentence is made where the language is known. */
export class UploadRefused extends Error {
  readonly code: RefusalCode
  readonly data: RefusalData
  constructor(code: RefusalCode, data: RefusalData = {}) {
    super(code)
    this.name = 'UploadRefused'
    this.code = code
    this.data = data
  }
}
