import { newPdf, type Pdf } from '#src/platform/letters/page.ts'
import { printable } from '#src/platform/letters/index.ts'
import type { AnnexRow, AnnexVillage } from './annex-rows.ts'

/** What stands over the table. */
export type AnnexHead = {
  title: string
  /** lines beneath it: programme, period, region, numbers */
  lines: string[]
  decreeNumber: string
  decidedAt: Date
}

const PAGE = { width: 841.89, height: 595.28, side: 36, top: 34, foot: 40 }
const ROW = 14
const LINE = 12
const TITLE = 22
const BOTTOM = PAGE.height - PAGE.foot
const NUMBER = 38
const columns: { word: string; width: number; right?: true }[] = [
  { word: 'No.', width: NUMBER, right: true },
  { word: 'Kepala keluarga', width: 160 },
  { word: 'Penerima', width: 150 },
  { word: 'NIK', width: 100 },
  { word: 'Alamat', width: 166 },
  { word: 'RT/RW', width: 52 },
  { word: 'Jiwa', width: 30, right: true },
  { word: 'Jumlah (Rp)', width: 73, right: true },
]
const rupiah = new Intl.NumberFormat('id-ID')

/**
 * The annex of a decree as a PDF in A4 landscape: by village, numbered through, with sums. Written page by page, so that a list of any length
 * takes little memory; every row is one line high, so the number of pages is known before. The same list gives the same bytes.
 */
export function annexPdf(
  head: AnnexHead,
  villages: readonly AnnexVillage[],
  rowsOf: (village: AnnexVillage) => Promise<AnnexRow[]>,
): AsyncIterable<Uint8Array> {
  const pdf = newPdf({
    size: 'A4',
    layout: 'landscape',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    lang: 'id-ID',
    displayTitle: true,
    info: {
      Title: printable(`${head.title} (${head.decreeNumber})`),
      Creator: 'Pilar',
      CreationDate: head.decidedAt,
      ModDate: head.decidedAt,
    },
  })
  write(pdf, head, villages, rowsOf).catch((error: unknown) =>
    pdf.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return pdf as AsyncIterable<Uint8Array>
}

/** Where lines come to stand, without drawing them: one walk for counting and for writing. */
function walker(firstTop: number, newPage: () => void) {
  let y = firstTop
  return {
    /** The place of something `height` high; `keep` more must fit beneath it. */
    next(height: number, keep = 0): number {
      if (y + height + keep > BOTTOM) {
        newPage()
        y = PAGE.top + ROW + 4
      }
      const at = y
      y += height
      return at
    },
  }
}

const headHeight = (head: AnnexHead) => PAGE.top + TITLE + head.lines.length * LINE + 8

export function countPages(head: AnnexHead, villages: readonly AnnexVillage[]): number {
  let pages = 1
  const walk = walker(headHeight(head) + ROW + 4, () => void pages++)
  for (const village of villages) {
    walk.next(ROW + 4, ROW)
    for (let row = 0; row < village.families; row++) walk.next(ROW)
    walk.next(ROW)
  }
  walk.next(ROW + 4)
  return pages
}

async function write(
  pdf: Pdf,
  head: AnnexHead,
  villages: readonly AnnexVillage[],
  rowsOf: (village: AnnexVillage) => Promise<AnnexRow[]>,
): Promise<void> {
  const count = countPages(head, villages)
  let page = 0
  const newPage = (top: number) => {
    pdf.addPage()
    page++
    footer(pdf, head, page, count)
    tableHead(pdf, top)
  }
  pdf.addPage()
  page = 1
  footer(pdf, head, page, count)
  pdf.font('Helvetica-Bold').fontSize(13).text(printable(head.title), PAGE.side, PAGE.top, { lineBreak: false })
  for (const [place, line] of head.lines.entries())
    pdf
      .font('Helvetica')
      .fontSize(9)
      .text(printable(line), PAGE.side, PAGE.top + TITLE + place * LINE, { lineBreak: false })
  tableHead(pdf, headHeight(head))
  const walk = walker(headHeight(head) + ROW + 4, () => newPage(PAGE.top))
  let number = 0
  for (const village of villages) {
    const y = walk.next(ROW + 4, ROW)
    pdf
      .font('Helvetica-Bold')
      .fontSize(9)
      .text(fit(pdf, `${village.name} (${village.code})`, 700), PAGE.side, y + 5, { lineBreak: false })
    for (const row of await rowsOf(village)) {
      const place = [row.rt, row.rw].join('/')
      const cells = [
        String(++number),
        row.head,
        row.payee,
        row.nik,
        row.address,
        place,
        row.persons > 0 ? String(row.persons) : '–',
        rupiah.format(row.amount),
      ]
      // A new page leaves the font of its head.
      const at = walk.next(ROW)
      pdf.font('Helvetica').fontSize(8)
      cellsAt(pdf, at, cells)
    }
    const foot = walk.next(ROW)
    pdf.font('Helvetica-Bold').fontSize(8)
    sumAt(pdf, foot, `Jumlah ${village.families} keluarga`, village.amount)
  }
  const end = walk.next(ROW + 4)
  pdf.font('Helvetica-Bold').fontSize(9)
  const all = villages.reduce(
    (sum, one) => ({ families: sum.families + one.families, amount: sum.amount + one.amount }),
    {
      families: 0,
      amount: 0,
    },
  )
  sumAt(pdf, end, `Jumlah seluruhnya ${rupiah.format(all.families)} keluarga`, all.amount)
  pdf.end()
}

function tableHead(pdf: Pdf, top: number): void {
  pdf.font('Helvetica-Bold').fontSize(8)
  cellsAt(
    pdf,
    top,
    columns.map((one) => one.word),
  )
  pdf
    .moveTo(PAGE.side, top + ROW)
    .lineTo(PAGE.width - PAGE.side, top + ROW)
    .lineWidth(0.6)
    .stroke()
}

function cellsAt(pdf: Pdf, y: number, cells: readonly string[]): void {
  let x = PAGE.side
  for (const [place, column] of columns.entries()) {
    const text = fit(pdf, cells[place] ?? '', column.width - 6)
    const left = column.right ? x + column.width - 6 - pdf.widthOfString(text) : x
    if (text !== '') pdf.text(text, left, y + 3, { lineBreak: false })
    x += column.width
  }
}

function sumAt(pdf: Pdf, y: number, words: string, amount: number): void {
  pdf
    .moveTo(PAGE.side, y)
    .lineTo(PAGE.width - PAGE.side, y)
    .lineWidth(0.3)
    .stroke()
  pdf.text(printable(words), PAGE.side + NUMBER, y + 3, { lineBreak: false })
  const text = `Rp${rupiah.format(amount)}`
  pdf.text(text, PAGE.width - PAGE.side - 6 - pdf.widthOfString(text), y + 3, { lineBreak: false })
}

function footer(pdf: Pdf, head: AnnexHead, page: number, count: number): void {
  const y = PAGE.height - 26
  pdf.font('Helvetica').fontSize(8).fillColor('#555')
  pdf.text(printable(head.decreeNumber), PAGE.side, y, { lineBreak: false })
  const text = `Halaman ${page} dari ${count}`
  pdf.text(text, PAGE.width - PAGE.side - pdf.widthOfString(text), y, { lineBreak: false })
  pdf.fillColor('black')
}

/** As much of a text as fits, on one line, in letters the font has. */
function fit(pdf: Pdf, text: string, width: number): string {
  const line = printable(text).replace(/\s+/g, ' ').trim()
  if (pdf.widthOfString(line) <= width) return line
  let [low, high] = [0, line.length]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (pdf.widthOfString(`${line.slice(0, middle)}…`) <= width) low = middle
    else high = middle - 1
  }
  return `${line.slice(0, low)}…`
}
