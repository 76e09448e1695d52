import { setImmediate } from 'node:timers/promises'
import { BOLD, newPdf, part, type Pdf, PLAIN } from '#src/platform/letters/page.ts'
import { printable } from '#src/platform/letters/printable.ts'
import { drawQr } from '#src/platform/letters/qr.ts'

/** One family on the minutes. */
export type SheetRow = {
  name: string
  /** masked NIK, RT/RW */
  about: string
  received: boolean
  /** 'Diterima sendiri', 'Diwakili tetangga', 'Tidak diterima' */
  result: string
  /** who stood in, why not, when */
  remark: string
  /** rupiah and goods */
  what: string
}
export type Sheet = {
  office: string
  address: string
  number: string
  title: string
  opening: string
  rows: number
  /** what it adds up to, a line each */
  sums: [label: string, value: string][]
  closing: string
  /** who signs by hand: under which word, and the name if it is known */
  signers: [word: string, name: string][]
  code: string
  url: string
}

// A4 in points.
const PAGE = { width: 595.28, height: 841.89 }
const LEFT = 40
const WIDTH = PAGE.width - 2 * LEFT
const TOP = 40
const FOOT = PAGE.height - 48
const ROW = 27
const HEAD_ROW = 18
const HEAD = 178
const SUM_LINE = 14
const columns = [28, 172, 92, 128, 95.28]
const titles = ['No', 'Nama penerima', 'Hasil', 'Keterangan', 'Uang dan barang']
const rupiah = new Intl.NumberFormat('id-ID')

/** Cut to what could stand there at most, before it is measured letter by letter. */
const fitting = (value: string, size: number, width: number, height: number) =>
  value.slice(0, Math.ceil((width / size) * 4 * Math.max(1, Math.ceil(height / size))))

const endHeight = (sheet: Sheet) => 24 + sheet.sums.length * SUM_LINE + 70 + 116 + 84

/** How many pages it takes: known before the first is written, so that nothing of it has to be kept. */
export function countPages(sheet: Sheet): number {
  const first = Math.floor((FOOT - TOP - HEAD - HEAD_ROW) / ROW)
  const others = Math.floor((FOOT - TOP - HEAD_ROW) / ROW)
  const beyond = Math.max(0, sheet.rows - first)
  const full = Math.ceil(beyond / others)
  const last = full === 0 ? HEAD + HEAD_ROW + sheet.rows * ROW : HEAD_ROW + (beyond - (full - 1) * others) * ROW
  return 1 + full + (FOOT - TOP - last < endHeight(sheet) ? 1 : 0)
}

/**
 * The minutes as an A4 PDF, written row by row as they come: a list of ten thousand needs no more memory than one of ten. Read it as a
 * stream while `write` runs.
 */
export function handoverSheet(sheet: Sheet): {
  pdf: Pdf
  write: (rows: AsyncIterable<readonly SheetRow[]>) => Promise<{ rows: number; pages: number }>
} {
  const pages = countPages(sheet)
  const pdf = newPdf({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: 'id-ID',
    info: { Title: `${sheet.title} (${sheet.number})`, Author: sheet.office, Creator: 'Pilar' },
  })
  const body = pdf.struct('Document')
  pdf.addStructure(body)
  let page = 0
  const text = (
    value: string,
    size: number,
    font: string,
    at: { x: number; y: number; width: number; height: number; align?: 'center' | 'right' },
  ) =>
    pdf
      .font(font)
      .fontSize(size)
      .text(printable(fitting(value, size, at.width, at.height)), at.x, at.y, {
        width: at.width,
        height: at.height,
        ellipsis: true,
        lineGap: 0.5,
        align: at.align ?? 'left',
      })

  const newPage = () => {
    pdf.addPage()
    page++
    part(pdf, undefined, 'Artifact', () => {
      const y = FOOT + 14
      text(`${sheet.number} · ${sheet.code}`, 8, PLAIN, { x: LEFT, y, width: WIDTH / 2, height: 10 })
      text(`Halaman ${page} dari ${pages}`, 8, PLAIN, {
        x: LEFT + WIDTH / 2,
        y,
        width: WIDTH / 2,
        height: 10,
        align: 'right',
      })
    })
    pdf.y = TOP
  }
  const tableHead = () => {
    const y = pdf.y
    part(pdf, body, 'P', () => {
      let x = LEFT
      for (const [at, title] of titles.entries()) {
        const width = columns[at] ?? 0
        text(title, 8.5, BOLD, { x: x + 3, y: y + 4, width: width - 6, height: 11 })
        x += width
      }
    })
    part(pdf, undefined, 'Artifact', () =>
      pdf
        .moveTo(LEFT, y + HEAD_ROW - 1)
        .lineTo(LEFT + WIDTH, y + HEAD_ROW - 1)
        .lineWidth(0.8)
        .stroke(),
    )
    pdf.y = y + HEAD_ROW
  }
  const head = () => {
    part(pdf, body, 'P', () =>
      text(sheet.office, 12, BOLD, { x: LEFT, y: TOP, width: WIDTH, height: 30, align: 'center' }),
    )
    part(pdf, body, 'P', () =>
      text(sheet.address, 8.5, PLAIN, { x: LEFT, y: TOP + 31, width: WIDTH, height: 12, align: 'center' }),
    )
    part(pdf, undefined, 'Artifact', () =>
      pdf
        .moveTo(LEFT, TOP + 48)
        .lineTo(LEFT + WIDTH, TOP + 48)
        .lineWidth(1.4)
        .stroke(),
    )
    part(pdf, body, 'H1', () =>
      text(sheet.title, 13, BOLD, { x: LEFT, y: TOP + 58, width: WIDTH, height: 34, align: 'center' }),
    )
    part(pdf, body, 'P', () =>
      text(`Nomor: ${sheet.number}`, 9.5, PLAIN, { x: LEFT, y: TOP + 94, width: WIDTH, height: 12, align: 'center' }),
    )
    part(pdf, body, 'P', () => text(sheet.opening, 9.5, PLAIN, { x: LEFT, y: TOP + 114, width: WIDTH, height: 58 }))
    pdf.y = TOP + HEAD
  }
  const row = (no: number, one: SheetRow) => {
    if (FOOT - pdf.y < ROW) {
      newPage()
      tableHead()
    }
    const y = pdf.y
    part(pdf, body, 'P', () => {
      const cells: [string, string][] = [
        [rupiah.format(no), ''],
        [one.name, one.about],
        [one.result, ''],
        [one.remark, ''],
        [one.what, ''],
      ]
      let x = LEFT
      for (const [at, [upper, lower]] of cells.entries()) {
        const width = columns[at] ?? 0
        const most = lower === '' ? 22 : 11
        text(upper, 8.5, at === 1 || (at === 2 && !one.received) ? BOLD : PLAIN, {
          x: x + 3,
          y: y + 3,
          width: width - 6,
          height: most,
        })
        if (lower !== '') text(lower, 7.5, PLAIN, { x: x + 3, y: y + 14, width: width - 6, height: 10 })
        x += width
      }
    })
    part(pdf, undefined, 'Artifact', () =>
      pdf
        .moveTo(LEFT, y + ROW)
        .lineTo(LEFT + WIDTH, y + ROW)
        .lineWidth(0.3)
        .strokeColor('#999')
        .stroke()
        .strokeColor('black'),
    )
    pdf.y = y + ROW
  }
  const end = () => {
    if (FOOT - pdf.y < endHeight(sheet)) newPage()
    let y = pdf.y + 14
    for (const [label, value] of sheet.sums) {
      const at = y
      part(pdf, body, 'P', () => {
        text(label, 9.5, PLAIN, { x: LEFT, y: at, width: 220, height: 12 })
        text(value, 9.5, BOLD, { x: LEFT + 224, y: at, width: WIDTH - 224, height: 12 })
      })
      y += SUM_LINE
    }
    y += 10
    part(pdf, body, 'P', () => text(sheet.closing, 9.5, PLAIN, { x: LEFT, y, width: WIDTH, height: 50 }))
    y += 56
    const width = WIDTH / Math.max(1, sheet.signers.length)
    for (const [at, [word, name]] of sheet.signers.entries())
      part(pdf, body, 'P', () => {
        const x = LEFT + at * width
        text(word, 9.5, PLAIN, { x, y, width: width - 12, height: 26 })
        text(name || '(…………………………………)', 9.5, name ? BOLD : PLAIN, { x, y: y + 86, width: width - 12, height: 24 })
      })
    y += 116
    part(
      pdf,
      body,
      'Figure',
      () => drawQr(pdf, sheet.url, { left: LEFT, top: y, side: 72 }),
      'Kode QR menuju halaman pemeriksaan',
    )
    part(pdf, body, 'P', () => {
      const at = { x: LEFT + 82, width: WIDTH - 82 }
      text('Untuk memeriksa keaslian berita acara ini, pindai gambar di samping atau buka:', 8.5, PLAIN, {
        ...at,
        y: y + 10,
        height: 12,
      })
      text(sheet.url, 8.5, PLAIN, { ...at, y: y + 24, height: 12 })
      text(`Kode pemeriksaan ${sheet.code}`, 10, BOLD, { ...at, y: y + 40, height: 14 })
    })
  }

  const write = async (given: AsyncIterable<readonly SheetRow[]>) => {
    newPage()
    head()
    tableHead()
    let rows = 0
    for await (const lot of given)
      for (const one of lot) {
        row(++rows, one)
        // What is written is taken away by whoever reads the stream.
        if (rows % 20 === 0) await setImmediate()
        while (pdf.readableLength > 1_000_000) await setImmediate()
      }
    end()
    body.end()
    pdf.end()
    return { rows, pages: page }
  }
  return { pdf, write }
}
