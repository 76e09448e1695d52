import { buffer } from 'node:stream/consumers'
import { labelsOf } from './labels.ts'
import { BODY, BOLD, CONTENT_WIDTH, FOOT, LEFT, makeRoom, newPdf, PAGE, part, PLAIN, RIGHT } from './page.ts'
import { roomLeft, SMALL, writeText } from './page.ts'
import type { Pdf } from './page.ts'
import { printable } from './printable.ts'
import { drawQr } from './qr.ts'

/** Everything that stands in a letter. All texts are plain; what the font cannot show is marked (see `printable`). */
export type Letter = {
  /** From the top: the body above the office, the office (largest), then its address and telephone. */
  letterhead: { lines: string[] }
  number: string
  /** Place and date in words: `Bekasi, 21 November 2026`. */
  dateLine: string
  subject: string
  /** The addressee, a line each. */
  to: string[]
  /** The first one introduces the facts and stands before them. */
  paragraphs: string[]
  facts: [label: string, value: string][]
  signature: { office: string; name: string; role: string }
  /** `url` is what the QR code holds and what is printed; `code` is what a person types on that page. */
  verification: { code: string; url: string }
  locale: 'id' | 'en'
}

const LABEL_WIDTH = 132
const HEAD_LABEL_WIDTH = 52
const SIGNATURE_WIDTH = 230
const SIGNATURE_SPACE = 54
const QR_SIDE = 76
// Above and below the line between the letter and its verification.
const RULE_SPACE = 18

/** The letter as an A4 PDF, tagged for reading aloud, with selectable text. As many pages as the text needs. */
export function letterPdf(given: Letter): Promise<Buffer> {
  const letter = shownLetter(given)
  const labels = labelsOf(letter.locale)
  const pdf = newPdf({
    size: 'A4',
    margins: { top: PAGE.top, bottom: PAGE.bottom, left: LEFT, right: LEFT },
    bufferPages: true,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: labels.lang,
    info: { Title: `${letter.subject} (${letter.number})`, Author: letter.signature.office, Creator: 'Pilar' },
  })
  const bytes = buffer(pdf)
  const body = pdf.struct('Document')
  pdf.addStructure(body)

  writeLetterhead(pdf, body, letter)
  writeHead(pdf, body, letter)
  const [opening, ...others] = letter.paragraphs
  if (opening !== undefined) writeParagraph(pdf, body, opening)
  writeFacts(pdf, body, letter)
  for (const [place, paragraph] of others.entries()) {
    if (place === others.length - 1) keepWithSignature(pdf, paragraph, letter)
    writeParagraph(pdf, body, paragraph)
  }
  writeSignature(pdf, body, letter)
  writeVerification(pdf, body, letter)
  body.end()
  writeFooters(pdf, letter)
  pdf.end()
  return bytes
}

type Body = PDFKit.PDFStructureElement

function writeLetterhead(pdf: Pdf, body: Body, { letterhead }: Letter) {
  // The office is the second line under a superior body's name, or the only one.
  const office = Math.min(1, letterhead.lines.length - 1)
  for (const [place, line] of letterhead.lines.entries()) {
    const size = place === office ? 15 : place < office ? 11.5 : SMALL
    const font = place === office ? BOLD : PLAIN
    writeText(pdf, body, line, { left: LEFT, width: CONTENT_WIDTH, size, font, align: 'center', lineGap: 1 })
  }
  part(pdf, undefined, 'Artifact', () => {
    const y = pdf.y + 5
    pdf.moveTo(LEFT, y).lineTo(RIGHT, y).lineWidth(2).stroke()
    pdf
      .moveTo(LEFT, y + 3)
      .lineTo(RIGHT, y + 3)
      .lineWidth(0.6)
      .stroke()
  })
  pdf.y += 24
}

function writeHead(pdf: Pdf, body: Body, letter: Letter) {
  const labels = labelsOf(letter.locale)
  writeText(pdf, body, letter.dateLine, { left: LEFT, width: CONTENT_WIDTH, align: 'right' })
  pdf.y += 6
  writeLabelled(pdf, body, labels.number, letter.number, { labelWidth: HEAD_LABEL_WIDTH, font: PLAIN, tag: 'P' })
  writeLabelled(pdf, body, labels.subject, letter.subject, { labelWidth: HEAD_LABEL_WIDTH, font: BOLD, tag: 'H1' })
  pdf.y += 14
  for (const line of [labels.to, ...letter.to]) {
    writeText(pdf, body, line, { left: LEFT, width: CONTENT_WIDTH * 0.7, lineGap: 1.5 })
  }
  pdf.y += 16
}

const paragraphText = (pdf: Pdf) => pdf.font(PLAIN).fontSize(BODY)
const paragraphStyle = { width: CONTENT_WIDTH, lineGap: 3.2, align: 'left' as const }

function writeParagraph(pdf: Pdf, body: Body, paragraph: string) {
  for (const piece of paragraph.split('\n\n')) {
    paragraphText(pdf)
    // Not one line alone at the foot of a page.
    makeRoom(pdf, Math.min(pdf.heightOfString(piece, paragraphStyle), 2 * pdf.currentLineHeight() + 8))
    writeText(pdf, body, piece, { left: LEFT, ...paragraphStyle })
    pdf.y += 9
  }
}

function writeFacts(pdf: Pdf, body: Body, { facts }: Letter) {
  if (facts.length === 0) return
  for (const [label, value] of facts) {
    writeLabelled(pdf, body, label, value, { labelWidth: LABEL_WIDTH, font: PLAIN, tag: 'P' })
  }
  pdf.y += 12
}

type LabelledStyle = { labelWidth: number; font: string; tag: string }

/** `Label : value`, the value wrapped under itself. A row stays on one page unless it is longer than a page. */
function writeLabelled(pdf: Pdf, body: Body, label: string, value: string, { labelWidth, font, tag }: LabelledStyle) {
  const labelStyle = { width: labelWidth - 8, lineGap: 2.4 }
  const valueLeft = LEFT + labelWidth + 9
  const valueStyle = { width: RIGHT - valueLeft, lineGap: 2.4 }
  pdf.fontSize(BODY)
  const labelHeight = pdf.font(PLAIN).heightOfString(label, labelStyle)
  const valueHeight = pdf.font(font).heightOfString(value, valueStyle)
  makeRoom(pdf, Math.max(labelHeight, valueHeight))
  const top = pdf.y
  const page = pdf.bufferedPageRange().count
  part(pdf, body, tag, () => {
    pdf.font(PLAIN).fontSize(BODY).text(label, LEFT, top, labelStyle)
    pdf.text(': ', LEFT + labelWidth, top, { lineBreak: false })
    pdf.font(font).text(value, valueLeft, top, valueStyle)
  })
  if (pdf.bufferedPageRange().count === page) pdf.y = top + Math.max(labelHeight, valueHeight)
  pdf.y += 2.5
}

function keepWithSignature(pdf: Pdf, paragraph: string, letter: Letter) {
  const height = paragraphText(pdf).heightOfString(paragraph, paragraphStyle)
  const together = height + 9 + signatureHeight(pdf, letter) + verificationHeight(pdf, letter)
  // A signature should not stand alone on a page. A long last paragraph stays where it is, or half a page would be bare.
  if (height < roomLeft(pdf) && height < 160) makeRoom(pdf, together)
}

function signatureHeight(pdf: Pdf, { signature }: Letter): number {
  const style = { width: SIGNATURE_WIDTH, lineGap: 2 }
  pdf.font(PLAIN).fontSize(BODY)
  const above = [signature.office, signature.role].map((line) => pdf.heightOfString(line, style))
  const name = pdf.font(BOLD).heightOfString(signature.name, style)
  return 14 + above.reduce((sum, height) => sum + height, 0) + SIGNATURE_SPACE + name
}

function writeSignature(pdf: Pdf, body: Body, letter: Letter) {
  makeRoom(pdf, signatureHeight(pdf, letter) + verificationHeight(pdf, letter))
  const { signature } = letter
  const style = { left: RIGHT - SIGNATURE_WIDTH, width: SIGNATURE_WIDTH, lineGap: 2 }
  pdf.y += 14
  writeText(pdf, body, signature.office, style)
  writeText(pdf, body, signature.role, style)
  pdf.y += SIGNATURE_SPACE
  writeText(pdf, body, signature.name, { ...style, font: BOLD })
}

const verificationLeft = LEFT + QR_SIDE + 12
const verificationStyle = { width: RIGHT - verificationLeft, lineGap: 1.5 }
const CODE_SIZE = BODY + 1.5

function verificationHeight(pdf: Pdf, { verification, locale }: Letter): number {
  const labels = labelsOf(locale)
  pdf.font(PLAIN).fontSize(SMALL)
  const small = [labels.verify, verification.url, labels.code].map((text) =>
    pdf.heightOfString(text, verificationStyle),
  )
  const code = pdf.font(BOLD).fontSize(CODE_SIZE).heightOfString(verification.code, verificationStyle)
  return RULE_SPACE + Math.max(QR_SIDE, 12 + small.reduce((sum, height) => sum + height, 0) + code)
}

/** At the foot of the last page, whatever the length of the text above. */
function writeVerification(pdf: Pdf, body: Body, letter: Letter) {
  const { verification, locale } = letter
  const labels = labelsOf(locale)
  const rule = FOOT - verificationHeight(pdf, letter) + RULE_SPACE / 2
  const top = rule + RULE_SPACE / 2
  part(pdf, undefined, 'Artifact', () => {
    pdf.moveTo(LEFT, rule).lineTo(RIGHT, rule).lineWidth(0.6).strokeColor('#999').stroke().strokeColor('black')
  })
  part(pdf, body, 'Figure', () => drawQr(pdf, verification.url, { left: LEFT, top, side: QR_SIDE }), labels.codePicture)

  const style = { left: verificationLeft, ...verificationStyle, size: SMALL }
  // Whoever reads the letter on the telephone cannot scan its own screen.
  const link = /^https?:/.test(verification.url) ? { link: verification.url } : {}
  pdf.y = top + 4
  writeText(pdf, body, labels.verify, style)
  pdf.y += 3
  writeText(pdf, body, verification.url, { ...style, ...link })
  pdf.y += 3
  writeText(pdf, body, labels.code, style)
  writeText(pdf, body, verification.code, { ...style, font: BOLD, size: CODE_SIZE })
}

function writeFooters(pdf: Pdf, { number, verification, locale }: Letter) {
  const { start, count } = pdf.bufferedPageRange()
  for (let page = start; page < start + count; page++) {
    pdf.switchToPage(page)
    // Else writing below the margin would begin a new page.
    pdf.page.margins.bottom = 0
    part(pdf, undefined, 'Artifact', () => {
      const y = PAGE.height - PAGE.footer
      const oneLine = { lineBreak: false, ellipsis: true, height: 10 }
      pdf
        .font(PLAIN)
        .fontSize(SMALL - 0.5)
        .fillColor('#555')
      pdf.text(`${number}  ·  ${verification.code}`, LEFT, y, { ...oneLine, width: CONTENT_WIDTH - 110 })
      pdf.text(labelsOf(locale).page(page - start + 1, count), RIGHT - 100, y, {
        ...oneLine,
        width: 100,
        align: 'right',
      })
      pdf.fillColor('black')
    })
  }
}

/** The same letter in characters that the font has, without empty parts and towers of empty lines. */
function shownLetter(letter: Letter): Letter {
  const block = (text: string) =>
    printable(text)
      .replace(/\n{3,}/g, '\n\n')
      .trim()
  const line = (text: string) => printable(text).replace(/\s+/g, ' ').trim()
  const lines = (texts: string[]) => texts.map(line).filter((text) => text !== '')
  const { signature, verification } = letter
  return {
    ...letter,
    letterhead: { lines: lines(letter.letterhead.lines) },
    number: line(letter.number),
    dateLine: line(letter.dateLine),
    subject: line(letter.subject),
    to: lines(letter.to),
    paragraphs: letter.paragraphs.map(block).filter((text) => text !== ''),
    facts: letter.facts.map(([label, value]) => [line(label), block(value) || '–']),
    signature: { office: line(signature.office), name: line(signature.name), role: line(signature.role) },
    verification: { code: line(verification.code), url: line(verification.url) },
  }
}
