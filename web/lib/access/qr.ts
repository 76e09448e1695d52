import { encodeQR } from 'qr'

/** A QR code as the outline of one path on a square of `size` modules, with the quiet zone readers want. */
export function qrPath(text: string): { size: number; path: string } {
  const rows = encodeQR(text, 'raw', { border: 4 })
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .filter(Boolean)
    .join('')
  return { size: rows.length, path }
}
