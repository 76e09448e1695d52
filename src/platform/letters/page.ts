import { createRequire } from 'node:module'
import type PdfDocument from 'pdfkit'

export type Pdf = PDFKit.PDFDocument

/** A new document. PDFKit is read when the first is wanted: it takes a tenth of a second, and most processes write none. */
export function newPdf(options: PDFKit.PDFDocumentOptions): Pdf {
  const Document = createRequire(import.meta.url)('pdfkit') as typeof PdfDocument
  return new Document(options)
}

/** A4 in points (1/72 inch), and what is kept free at the top, for the text's foot and for the page number. */
export const PAGE = { width: 595.28, height: 841.89, top: 48, bottom: 66, footer: 42 }
export const LEFT = 68
export const RIGHT = PAGE.width - LEFT
export const CONTENT_WIDTH = RIGHT - LEFT
/** Where the text of a page ends. */
export const FOOT = PAGE.height - PAGE.bottom

// Two of the fourteen fonts every PDF reader has: a letter stays at some 10 kB, and they hold all of Indonesian.
export const PLAIN = 'Helvetica'
export const BOLD = 'Helvetica-Bold'
export const BODY = 10.5
export const SMALL = 8.5

export const roomLeft = (pdf: Pdf) => FOOT - pdf.y

/** Goes on to a new page when `height` points do not fit on this one (and could on an empty one). */
export function makeRoom(pdf: Pdf, height: number): void {
  if (height > roomLeft(pdf) && height < FOOT - PAGE.top) pdf.addPage()
}

/** Writes one piece of the letter, tagged for screen readers; `Artifact` is what they pass over, and has no parent. */
export function part(
  pdf: Pdf,
  parent: PDFKit.PDFStructureElement | undefined,
  tag: string,
  write: () => void,
  alternative?: string,
): void {
  if (parent) {
    parent.add(pdf.struct(tag, alternative === undefined ? {} : { alt: alternative }, write))
    return
  }
  pdf.markContent(tag)
  write()
  pdf.endMarkedContent()
}

type LineStyle = {
  left: number
  width: number
  font?: string
  size?: number
  lineGap?: number
  align?: 'left' | 'center' | 'right'
  link?: string
  tag?: string
}

/** Writes one text below what is there, tagged as a piece of its own: read aloud as one, lines would run together. */
export function writeText(pdf: Pdf, parent: PDFKit.PDFStructureElement, text: string, style: LineStyle): void {
  const { left, font = PLAIN, size = BODY, tag = 'P', ...layout } = style
  part(pdf, parent, tag, () => {
    pdf.font(font).fontSize(size).text(text, left, pdf.y, layout)
  })
}
