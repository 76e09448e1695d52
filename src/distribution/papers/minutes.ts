import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { isZoneId, localDay, sayDay } from '#src/platform/calendar/index.ts'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { newVerificationCode } from '#src/platform/letters/index.ts'
import { authorizeVillage } from '../rounds/policy.ts'
import { getRound, type RoundRow, told } from '../rounds/round.ts'
import { handoverSheet, type SheetRow } from './sheet.ts'
import type { NewHandoverPaper } from './schema.ts'

const roman = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']
const rupiah = new Intl.NumberFormat('id-ID')
const LOT = 500
const MOST_BYTES = 200_000_000

type Place = {
  village: string
  parent: string
  zone: string
  office: string | null
  address: string | null
  phone: string | null
  stop: string | null
  stop_day: string | null
}
type Sums = {
  listed: number
  received: number
  proxies: number
  given: number
  planned: number
  open: number
  reasons: { reason: string; n: number }[] | null
  goods: { code: string; quantity: number }[] | null
}
type Row = {
  payee_name: string
  nik_masked: string | null
  rt: string | null
  rw: string | null
  state: string
  reason: string | null
  given_amount: number | null
  goods: { code: string; quantity: number }[] | null
  received_by: string | null
  proxy_name: string | null
  proxy_relation: string | null
  channel: string | null
  happened_at: Date | null
}

/**
 * The handover minutes (berita acara serah terima) of a village of a round, or of one stop: everybody on the list, received or not and why,
 * proxies, sums, goods, room for signatures. NIKs stay masked. Stored as it was printed, with a code anybody can check; it can be issued
 * again, with another number.
 */
export async function issueMinutes(
  tx: Tx,
  actor: Actor,
  deps: { files: FileStore; baseUrl: string },
  roundId: string,
  given: NewHandoverPaper,
): Promise<string> {
  const round = await getRound(tx, actor, roundId)
  authorizeVillage(actor, given.regionCode)
  if (!isWithin(given.regionCode, round.region_code) || given.regionCode.length !== 13)
    throw invalid({ field: 'regionCode', code: 'unknown' })
  if (round.state === 'planned' || round.state === 'invited' || round.state === 'cancelled')
    throw conflict('round_not_in_this_state')
  const place = await placeOf(tx, actor, roundId, given)
  const asked = sql`e.round_id = ${roundId} and e.region_code = ${given.regionCode} and (${given.stopId ?? null}::uuid is null or e.stop_id = ${given.stopId ?? null})
    and e.state <> 'cancelled'`
  // Sums and rows are of one moment: what is handed over while the paper is written is in neither.
  await sql`drop table if exists pg_temp.minutes_of`.execute(tx)
  await sql`create temporary table minutes_of on commit drop as
    select e.payee_name, e.nik_masked, e.rt, e.rw, e.family_id, e.state, e.reason, e.amount, e.given_amount, d.goods, d.received_by, d.proxy_name, d.proxy_relation,
      d.channel, d.happened_at
    from round_entitlement e left join redemption d on d.id = e.redemption_id where ${asked}`.execute(tx)
  const { rows } = await sql<Sums>`
    select count(*)::int as listed, count(*) filter (where e.state = 'delivered')::int as received,
      count(*) filter (where e.state = 'delivered' and e.received_by = 'proxy')::int as proxies,
      coalesce(sum(e.given_amount), 0)::bigint as given, coalesce(sum(e.amount), 0)::bigint as planned, count(*) filter (where e.state = 'open')::int as open,
      (select json_agg(json_build_object('reason', x.reason, 'n', x.n) order by x.n desc, x.reason)
        from (select e.reason, count(*)::int as n from minutes_of e where e.state = 'undelivered' group by 1) x) as reasons,
      (select json_agg(json_build_object('code', x.code, 'quantity', x.quantity) order by x.code)
        from (select g->>'code' as code, sum((g->>'quantity')::numeric)::bigint as quantity from minutes_of e
          cross join lateral jsonb_array_elements(e.goods) g where e.state = 'delivered' group by 1) x) as goods
    from minutes_of e`.execute(tx)
  const sums = rows[0]
  if (!sums || sums.listed === 0) throw conflict('handover_nobody')

  const zone = isZoneId(place.zone) ? place.zone : 'Asia/Jakarta'
  const day = localDay(actor.at, zone)
  const officeId = actor.officeId ?? `${given.regionCode}/social`
  const number = await numberOf(tx, officeId, day)
  const code = newVerificationCode()
  const sheet = handoverSheet({
    office: place.office ?? '',
    address: [place.address, place.phone].filter(Boolean).join(' · '),
    number,
    title: 'Berita Acara Serah Terima Bantuan',
    opening: openingOf(round, place, day, zone),
    rows: sums.listed,
    sums: linesOf(round, sums),
    closing: `Demikian berita acara ini dibuat menurut catatan sampai ${sayDay(day, 'id', 'long')}. Bantuan diserahkan tanpa potongan dan tanpa pungutan; keberatan dapat disampaikan di ${deps.baseUrl}/aduan/baru.`,
    signers: [
      [`Yang menyerahkan,\nPetugas penyerahan`, ''],
      [`Mengetahui,\nLurah/Kepala Desa ${place.village}`, ''],
      [`${place.office ?? 'Dinas Sosial'},`, actor.name],
    ],
    code,
    url: `${deps.baseUrl}/verifikasi/${code}`,
  })
  const storing = deps.files.put(sheet.pdf, { maxBytes: MOST_BYTES })
  // A failure while rows are read must not leave the other promise unheard.
  storing.catch(() => {})
  let written
  try {
    written = await sheet.write(rowsOf(tx, round, zone))
  } catch (error) {
    sheet.pdf.destroy()
    throw error
  }
  const stored = await storing
  const id = uuid()
  await sql`
    insert into handover_paper (round_id, id, region_code, stop_id, number, code, office_id, listed, received, given, pages, issued_by, file_id, sha256, bytes)
    values (${roundId}, ${id}, ${given.regionCode}, ${given.stopId ?? null}, ${number}, ${code}, ${officeId}, ${sums.listed}, ${sums.received}, ${sums.given},
      ${written.pages}, ${actor.accountId}, ${stored.id}, ${stored.id}, ${stored.size})`.execute(tx)
  await told(tx, round, 'round.paper')
  return id
}

async function placeOf(tx: Tx, actor: Actor, roundId: string, given: NewHandoverPaper): Promise<Place> {
  const { rows } = await sql<Place>`
    select r.name as village, p.name as parent, r.time_zone as zone, o.name as office, o.address, o.phone, s.place as stop, (s.starts_at at time zone r.time_zone)::date::text as stop_day
    from region r join region p on p.code = r.parent_code left join office o on o.id = ${actor.officeId}
    left join distribution_stop s on s.id = ${given.stopId ?? null} and s.round_id = ${roundId} and s.region_code = r.code
    where r.code = ${given.regionCode}`.execute(tx)
  const [place] = rows
  if (!place) throw invalid({ field: 'regionCode', code: 'unknown' })
  if (given.stopId !== undefined && place.stop === null) throw notFound('stop')
  return place
}

const openingOf = (round: RoundRow, place: Place, day: string, zone: string) =>
  `${place.stop && place.stop_day ? `Pada ${sayDay(place.stop_day, 'id', 'long')}, bertempat di ${place.stop},` : `Sampai ${sayDay(day, 'id', 'long')}`} telah diserahkan ${round.programme_name} periode ${round.period} kepada warga ${place.village}, ${place.parent}, dalam putaran ${round.number} (${round.name}). Waktu menurut ${zone === 'Asia/Jayapura' ? 'WIT' : zone === 'Asia/Makassar' ? 'WITA' : 'WIB'}. NIK ditutup sebagian.`

const linesOf = (round: RoundRow, sums: Sums): [string, string][] => [
  ['Terdaftar', `${rupiah.format(sums.listed)} keluarga`],
  [
    'Menerima',
    `${rupiah.format(sums.received)} keluarga${sums.proxies > 0 ? `, ${rupiah.format(sums.proxies)} di antaranya diwakili` : ''}`,
  ],
  ['Tidak menerima', `${rupiah.format(sums.listed - sums.received - sums.open)} keluarga`],
  ...(sums.reasons ?? []).map(({ reason, n }): [string, string] => [
    `    ${sentence(`reconciliation_reason_${reason}`, 'id')}`,
    `${rupiah.format(n)} keluarga`,
  ]),
  ...(sums.open > 0 ? [['Belum ada catatan', `${rupiah.format(sums.open)} keluarga`] satisfies [string, string]] : []),
  ...(sums.planned > 0
    ? [
        ['Uang diserahkan', `Rp ${rupiah.format(sums.given)} dari Rp ${rupiah.format(sums.planned)}`] satisfies [
          string,
          string,
        ],
      ]
    : []),
  ...(sums.goods ?? []).map(({ code, quantity }): [string, string] => {
    const item = round.goods.find((one) => one.code === code)
    return [`Barang: ${item?.name ?? code}`, `${rupiah.format(quantity)} ${item?.unit ?? ''}`.trim()]
  }),
]

/** Everybody on the list, in the order of the houses, a lot at a time by a cursor. */
async function* rowsOf(tx: Tx, round: RoundRow, zone: string): AsyncGenerator<SheetRow[]> {
  await sql`
    declare handover_rows no scroll cursor for
    select e.* from minutes_of e
    order by lpad(e.rw, 3, '0') nulls last, lpad(e.rt, 3, '0') nulls last, e.payee_name, e.family_id`.execute(tx)
  const moment = new Intl.DateTimeFormat('id-ID', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.raw(String(LOT))} from handover_rows`.execute(tx)
    if (rows.length === 0) break
    yield rows.map((row) => sheetRow(round, row, moment))
  }
  await sql`close handover_rows`.execute(tx)
}

function sheetRow(round: RoundRow, row: Row, moment: Intl.DateTimeFormat): SheetRow {
  const received = row.state === 'delivered'
  const goods = (row.goods ?? []).map(({ code, quantity }) => {
    const item = round.goods.find((one) => one.code === code)
    return `${item?.name ?? code} ${rupiah.format(quantity)} ${item?.unit ?? ''}`.trim()
  })
  const at = row.happened_at ? moment.format(row.happened_at) : ''
  return {
    name: row.payee_name,
    about: [row.nik_masked, [row.rt && `RT ${row.rt}`, row.rw && `RW ${row.rw}`].filter(Boolean).join('/')]
      .filter(Boolean)
      .join(' · '),
    received,
    result: !received
      ? row.state === 'open'
        ? 'Belum ada catatan'
        : 'Tidak diterima'
      : row.channel === 'bank'
        ? 'Dibayar bank/pos'
        : row.received_by === 'proxy'
          ? 'Diterima wakil'
          : 'Diterima sendiri',
    remark: received
      ? [
          row.proxy_name &&
            `${row.proxy_name} (${sentence(`reconciliation_relation_${row.proxy_relation}`, 'id').toLowerCase()})`,
          at,
        ]
          .filter(Boolean)
          .join(', ')
      : row.reason
        ? sentence(`reconciliation_reason_${row.reason}`, 'id')
        : '',
    what: received
      ? [...(row.given_amount ? [`Rp ${rupiah.format(row.given_amount)}`] : []), ...goods].join('; ')
      : '–',
  }
}

async function numberOf(tx: Tx, officeId: string, day: string): Promise<string> {
  const { rows } = await sql<{ last: number }>`insert into letter_sequence (office_id, year, last)
    values (${officeId}, ${Number(day.slice(0, 4))}, 1)
    on conflict (office_id, year) do update set last = letter_sequence.last + 1 returning last`.execute(tx)
  return `${String(rows[0]?.last ?? 1).padStart(3, '0')}/BAST/${officeId.split('/')[0]}/${roman[Number(day.slice(5, 7)) - 1]}/${day.slice(0, 4)}`
}
