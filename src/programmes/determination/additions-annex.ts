import { sql } from 'kysely'
import { sayDay } from '#src/platform/calendar/index.ts'
import type { Actor, Db } from '#src/platform/db/index.ts'
import { conflict, forbidden } from '#src/platform/http/problem.ts'
import { today } from '../catalogue/versions.ts'
import { annexPdf } from './annex-pdf.ts'
import type { AnnexRow } from './annex-rows.ts'
import { headOf } from './annex.ts'
import { getList, type ListRow } from './list.ts'
import { mayReadAnnex } from './policy.ts'
import { sheet } from './sheet.ts'

type Added = AnnexRow & { number: string; decided_at: Date; replaces: string; code: string; village: string }

/**
 * The additions to an approved list as a paper beside its annex, which stays as it is: each with its number, its day and in whose place it stands.
 * The same additions give the same bytes.
 */
export async function additionsPaper(
  db: Db,
  actor: Actor,
  id: string,
  kind: 'pdf' | 'xlsx',
): Promise<{ name: string; content: AsyncIterable<Uint8Array> | Uint8Array }> {
  const list = await db.as(actor, async (tx) => {
    const found = await getList(tx, id)
    if (!mayReadAnnex(actor, found.region_code)) throw forbidden('determination.annex')
    await sql`select record_act('export', 'determination_addition', ${id}, ${found.region_code}, '{}'::jsonb, null)`.execute(
      tx,
    )
    return found
  })
  if (list.state !== 'approved' || !list.decree_number || !list.decided_at) throw conflict('determination_not_approved')
  const rows = await additionsOf(db, list)
  const last = rows.at(-1)
  if (!last) throw conflict('addition_none_approved')
  const head = headOf(list, list.decree_number, list.decided_at)
  const ours = {
    ...head,
    title: `Lampiran Tambahan Penetapan Penerima ${list.programme_name}`,
    lines: [...head.lines, 'Menggantikan penerima yang haknya dicabut, menurut urutan daftar tunggu.'],
    decidedAt: last.decided_at,
  }
  const name = `lampiran-tambahan-${list.decree_number.replaceAll('/', '-')}`
  return { name, content: kind === 'pdf' ? paper(ours, rows) : await book(ours, rows) }
}

const dayOf = (row: Added) => sayDay(today(row.decided_at), 'id', 'long')

function paper(head: Parameters<typeof annexPdf>[0], rows: readonly Added[]): AsyncIterable<Uint8Array> {
  const groups = rows.map((row) => ({
    code: row.code,
    name: `Tambahan ${row.number} tanggal ${dayOf(row)}, menggantikan ${row.replaces}. ${row.village}`,
    families: 1,
    amount: row.amount,
  }))
  return annexPdf(head, groups, async (group) => rows.filter((_, at) => groups[at] === group))
}

const words = [
  'No.',
  'Nomor tambahan',
  'Tanggal',
  'Menggantikan',
  'Kode wilayah',
  'Desa/kelurahan',
  'Kepala keluarga',
  'Penerima',
  'NIK',
  'Alamat',
  'RT',
  'RW',
  'Jiwa',
  'Jumlah (Rp)',
]

const book = (head: { title: string; lines: string[] }, rows: readonly Added[]): Promise<Uint8Array> =>
  sheet(
    'Lampiran tambahan',
    words,
    rows.map((row, at) => [
      at + 1,
      row.number,
      dayOf(row),
      row.replaces,
      row.code,
      row.village,
      row.head,
      row.payee,
      row.nik,
      row.address,
      row.rt,
      row.rw,
      row.persons,
      row.amount,
    ]),
    [[head.title], ...head.lines.map((line) => [line])],
  )

/** In the order of their numbers, with what the list was decided on. */
const additionsOf = (db: Db, list: ListRow): Promise<Added[]> =>
  db.asSystem('annex of additions: its rows', async (tx) => {
    const { rows } = await sql<Added>`
      select a.number, a.decided_at, e.payee_name as replaces, a.region_code as code, g.path_name as village, coalesce(f.shown ->> 'headName', '-') as head,
        a.payee_name as payee, coalesce(f.shown ->> 'nik', '-') as nik, coalesce(f.shown ->> 'address', '-') as address, coalesce(f.shown ->> 'rt', '-') as rt,
        coalesce(f.shown ->> 'rw', '-') as rw, a.persons, a.amount
      from determination_addition a join region g on g.code = a.region_code
      join entitlement e on e.determination_id = a.determination_id and e.family_id = a.replaces_id
      left join determination_fact f on f.determination_id = a.determination_id and f.family_id = a.family_id
      where a.determination_id = ${list.id} and a.state = 'approved' order by a.seq`.execute(tx)
    return rows
  })
