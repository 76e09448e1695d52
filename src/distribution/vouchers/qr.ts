import encodeQr from 'qr'
import sharp from 'sharp'

/** The code as SVG, with the white edge the standard asks for; one path, sharp at any size. */
export const qrSvg = (token: string): string => encodeQr(token, 'svg', { ecc: 'medium', border: 4 })

/** The code as PNG of about `side` pixels, each square of it a whole number of them. */
export async function qrPng(token: string, side = 600): Promise<Buffer> {
  const rows = encodeQr(token, 'raw', { ecc: 'medium', border: 4 })
  const scale = Math.max(1, Math.round(side / rows.length))
  const pixels = Buffer.from(rows.flatMap((row) => row.map((dark) => (dark ? 0 : 255))))
  return sharp(pixels, { raw: { width: rows.length, height: rows.length, channels: 1 } })
    .resize(rows.length * scale, rows.length * scale, { kernel: 'nearest' })
    .png({ colours: 2, compressionLevel: 9 })
    .toBuffer()
}
