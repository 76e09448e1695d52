import encodeQr from 'qr'
import type { Pdf } from './page.ts'

// The white edge that the standard asks for around the code, in squares.
const QUIET = 4

/** Draws `text` as a QR code of `side` points with its white edge, as shapes: sharp at any size, small in the file. */
export function drawQr(pdf: Pdf, text: string, { left, top, side }: { left: number; top: number; side: number }): void {
  const rows = encodeQr(text, 'raw', { ecc: 'medium', border: QUIET })
  const unit = side / rows.length
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue
      // Neighbours in a row become one shape, else some viewers show hairlines between them.
      let end = x
      while (row[end]) end++
      pdf.rect(left + x * unit, top + y * unit, (end - x) * unit, unit)
      x = end
    }
  }
  pdf.fill('black')
}
