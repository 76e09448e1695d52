import { buffer } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { isZoneId, localDay, sayDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { BOLD, newPdf, part, type Pdf, PLAIN } from '#src/platform/letters/page.ts'
import { printable } from '#src/platform/letters/printable.ts'
import { drawQr } from '#src/platform/letters/qr.ts'
import { getRound } from './round.ts'
import type { Goods } from './schema.ts'
import { readStop } from './stops.ts'

/** How many invitations one file holds: a hundred sheets. */
const MOST = 200

export type Invitation = {
  familyId: string
  payeeName: string
  address: string
  village: string
  programme: string
  period: string
  /** 'Rp 300.000; beras 10 kg' */
  what: string
  place: string
  /** 'Selasa, 1 Desember 2026' */
  day: string
  /** '08.00–12.00 WIB' */
  hours: string
  toTheDoor: boolean
  code: string
  token: string
  office: string
  /** where to complain: address of the page, telephone of the office */
  complain: string[]
  number: string
}

type Row = {
  family_id: string
  payee_name: string
  address: string | null
  rt: string | null
  rw: string | null
  amount: number
  goods: Goods
  code: string
  token: string
}

const zones: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
}
const rupiah = new Intl.NumberFormat('id-ID')

/**
 * The invitations of one stop, or of one family of it, as a PDF: sheets of A4 with two letters of A5 side by side. Two hundred
 * a part, by name. Only the voucher that is valid now is printed.
 */
export async function printInvitations(
  tx: Tx,
  actor: Actor,
  baseUrl: string,
  ask: { roundId: string; stopId: string; part?: number | undefined; family?: string | undefined },
): Promise<Invitation[]> {
  const round = await getRound(tx, actor, ask.roundId)
  if (round.state !== 'invited' && round.state !== 'open') throw conflict('round_not_in_this_state')
  const stop = await readStop(tx, ask.roundId, ask.stopId)
  if (actor.role !== 'officer' && actor.role !== 'supervisor') throw notFound('stop')
  const office = await tx
    .selectFrom('office')
    .select(['name', 'phone'])
    .where('id', '=', `${round.region_code}/social`)
    .executeTakeFirst()
  // The picture is worth what the voucher is worth: read here only, for whoever sees the stop.
  const { rows } = await withinAsSystem(tx, 'distribution: print invitations', (within) =>
    sql<Row>`
      select e.family_id, e.payee_name, e.address, e.rt, e.rw, e.amount, e.goods, v.code, v.token
      from round_entitlement e join voucher v on v.id = e.voucher_id
      where e.round_id = ${ask.roundId} and e.stop_id = ${ask.stopId} and v.state <> 'cancelled'
        and (${ask.family ?? null}::uuid is null or e.family_id = ${ask.family ?? null})
      order by e.payee_name, e.family_id limit ${MOST} offset ${((ask.part ?? 1) - 1) * MOST}`.execute(within),
  )
  if (rows.length === 0) throw conflict('no_invitations')
  await sql`select record_act('export', 'distribution_stop', ${ask.stopId}, ${stop.village.code},
    ${JSON.stringify({ round: ask.roundId, invitations: rows.length })}::jsonb, null)`.execute(tx)
  const zone = isZoneId(stop.timeZone) ? stop.timeZone : 'Asia/Jakarta'
  const hour = (local: string) => local.slice(11).replace(':', '.')
  return rows.map((row) => ({
    familyId: row.family_id,
    payeeName: row.payee_name,
    address: [row.address, [row.rt && `RT ${row.rt}`, row.rw && `RW ${row.rw}`].filter(Boolean).join('/')]
      .filter(Boolean)
      .join(', '),
    village: stop.village.name,
    programme: round.programme_name,
    period: round.period,
    what: [
      ...(row.amount > 0 ? [`Rp ${rupiah.format(row.amount)}`] : []),
      ...row.goods.map((one) => `${one.name} ${rupiah.format(one.quantity)} ${one.unit}`),
    ].join('; '),
    place: [stop.place, stop.address].filter(Boolean).join(', '),
    day: sayDay(localDay(new Date(stop.startsAt), zone), 'id', 'long'),
    hours: `${hour(stop.startsLocal)}–${hour(stop.endsLocal)} ${zones[zone] ?? ''}`.trim(),
    toTheDoor: stop.way === 'to_the_door',
    code: row.code,
    token: row.token,
    office: office?.name ?? `Dinas Sosial ${round.region_name}`,
    complain: [`${baseUrl}/aduan/baru`, ...(office?.phone ? [`Telepon ${office.phone}`] : [])],
    number: round.number,
  }))
}

// A4 lying, in points; a letter of A5 on each half.
const SHEET = { width: 841.89, height: 595.28 }
const HALF = SHEET.width / 2
const EDGE = 30
const WIDTH = HALF - 2 * EDGE
const QR = 148

/** The letters as a PDF, two on a sheet with the line to cut along between them. Lets other work in between. */
export async function invitationsPdf(invitations: readonly Invitation[]): Promise<Buffer> {
  const pdf = newPdf({
    size: [SHEET.width, SHEET.height],
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    tagged: true,
    displayTitle: true,
    lang: 'id-ID',
    info: { Title: `Undangan ${invitations[0]?.number ?? ''}`, Author: invitations[0]?.office ?? '', Creator: 'Pilar' },
  })
  const bytes = buffer(pdf)
  const body = pdf.struct('Document')
  pdf.addStructure(body)
  for (const [at, one] of invitations.entries()) {
    if (at % 2 === 0) {
      pdf.addPage()
      part(pdf, undefined, 'Artifact', () =>
        pdf
          .moveTo(HALF, 12)
          .lineTo(HALF, SHEET.height - 12)
          .lineWidth(0.5)
          .dash(3, { space: 3 })
          .stroke()
          .undash(),
      )
    }
    drawInvitation(pdf, body, (at % 2) * HALF + EDGE, one)
    if (at % 10 === 9) await setImmediate()
  }
  body.end()
  pdf.end()
  return bytes
}

function drawInvitation(pdf: Pdf, body: PDFKit.PDFStructureElement, left: number, one: Invitation): void {
  const write = (
    text: string,
    size: number,
    font: string,
    options: { gap?: number; width?: number; tag?: string; most?: number } = {},
  ) => {
    const { gap = 2, width = WIDTH, tag = 'P', most = 60 } = options
    part(pdf, body, tag, () => {
      pdf.font(font).fontSize(size)
      pdf.text(printable(text), left, pdf.y, { width, lineGap: 1, height: most, ellipsis: true })
    })
    pdf.y += gap
  }
  pdf.y = EDGE
  write(one.office.toUpperCase(), 9, BOLD, { gap: 1, most: 24 })
  write(`${one.number} · ${one.village}`, 8, PLAIN, { gap: 8, most: 12 })
  write('Undangan penerimaan bantuan', 15, BOLD, { gap: 6, tag: 'H1' })
  write(one.payeeName, 13, BOLD, { gap: 1, most: 34 })
  if (one.address) write(one.address, 9, PLAIN, { gap: 8, most: 24 })
  const fact = (label: string, value: string, most = 28) => {
    write(label, 8, PLAIN, { gap: 0, most: 11 })
    write(value, 11, BOLD, { gap: 5, most })
  }
  fact('Bantuan', `${one.programme} (${one.period}): ${one.what}`, 42)
  fact('Hari', one.day, 14)
  fact('Jam', one.hours, 14)
  fact(one.toTheDoor ? 'Cara' : 'Tempat', one.toTheDoor ? 'Diantar ke rumah Anda. Mohon ada di rumah.' : one.place, 42)
  fact('Bawa', 'Surat ini, KTP asli, dan Kartu Keluarga')
  write(
    'Tidak bisa datang? Boleh diwakili keluarga serumah dengan KTP-nya dan KTP Anda. Bantuan ini gratis: jangan memberi uang kepada siapa pun, dan terima penuh tanpa potongan.',
    8.5,
    PLAIN,
    { gap: 4, most: 44 },
  )
  const top = SHEET.height - EDGE - QR
  part(pdf, body, 'Figure', () => drawQr(pdf, one.token, { left, top, side: QR }), 'Kode QR kupon')
  const beside = left + QR + 10
  const besideWidth = WIDTH - QR - 10
  const text = (value: string, size: number, font: string, gap: number) => {
    part(pdf, body, 'P', () => {
      pdf.font(font).fontSize(size).text(printable(value), beside, pdf.y, { width: besideWidth, lineGap: 1 })
    })
    pdf.y += gap
  }
  pdf.y = top + 8
  text('Kode kupon', 8, PLAIN, 0)
  text(one.code, 18, BOLD, 3)
  text('Kupon ini hanya dapat dipakai satu kali. Jangan difoto atau dikirim kepada orang lain.', 8, PLAIN, 6)
  text('Ada yang salah, dipotong, atau tidak menerima? Adukan, tanpa biaya:', 8, BOLD, 1)
  for (const line of one.complain) text(line, 8, PLAIN, 0)
}
