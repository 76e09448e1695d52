import { sayDay } from '#src/platform/calendar/index.ts'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { conflict, forbidden } from '#src/platform/http/problem.ts'
import { today } from '../catalogue/versions.ts'
import { annexPdf, type AnnexHead } from './annex-pdf.ts'
import { annexRows, annexVillages } from './annex-rows.ts'
import { findList, getList, type ListRow } from './list.ts'
import { mayReadAnnex } from './policy.ts'
import { determinationTerm } from './term.ts'
import { sheet, WORKBOOK } from './sheet.ts'

export type Paper = { fileId: string; name: string; mediaType: string }
export type PaperKind = 'pdf' | 'xlsx'
const MOST_BYTES = 1024 ** 3

/** The annex of an approved list, made the first time somebody asks and the same file ever after. */
export async function readAnnex(db: Db, files: FileStore, actor: Actor, id: string, kind: PaperKind): Promise<Paper> {
  const list = await db.as(actor, (tx) => getList(tx, id))
  if (!mayReadAnnex(actor, list.region_code)) throw forbidden('determination.annex')
  return makeAnnex(db, files, list, kind)
}

/** The same in the background, so that the first reader need not wait. */
export async function prepareAnnex(db: Db, files: FileStore, id: string): Promise<void> {
  const list = await db.asSystem('annex of a decree: prepared', (tx) => findList(tx, id))
  if (list?.state === 'approved') await makeAnnex(db, files, list, 'pdf')
}

async function makeAnnex(db: Db, files: FileStore, list: ListRow, kind: PaperKind): Promise<Paper> {
  if (list.state !== 'approved' || !list.decree_number || !list.decided_at) throw conflict('determination_not_approved')
  const name = `lampiran-${list.decree_number.replaceAll('/', '-')}.${kind}`
  const there = await findPaper(db, list.id, kind)
  if (there) return { ...there, name }
  const most = await db.asSystem('annex of a decree: how long it may be', (tx) =>
    determinationTerm(tx, kind === 'pdf' ? 'annex' : 'sheet', db.clock()),
  )
  const villages = await annexVillages(db, list.id)
  const families = villages.reduce((sum, one) => sum + one.families, 0)
  if (families > most) throw conflict('determination_too_many_rows', { limit: most })
  const head = headOf(list, list.decree_number, list.decided_at)
  const content =
    kind === 'pdf'
      ? annexPdf(head, villages, (one) => annexRows(db, list.id, one.code))
      : await annexSheet(db, list, head, villages)
  const stored = await files.put(content, { maxBytes: MOST_BYTES })
  const mediaType = kind === 'pdf' ? 'application/pdf' : WORKBOOK
  // Whoever was first is the one that stays.
  await db.asSystem(`annex of ${list.number}: kept`, (tx) =>
    tx
      .insertInto('determination_paper')
      .values({ determination_id: list.id, kind, file_id: stored.id, media_type: mediaType, bytes: stored.size })
      .onConflict((on) => on.doNothing())
      .execute(),
  )
  const kept = await findPaper(db, list.id, kind)
  return { fileId: kept?.fileId ?? stored.id, mediaType, name }
}

const findPaper = (db: Db, id: string, kind: PaperKind) =>
  db.asSystem('annex of a decree: is it made', (tx) =>
    tx
      .selectFrom('determination_paper')
      .select(['file_id as fileId', 'media_type as mediaType'])
      .where('determination_id', '=', id)
      .where('kind', '=', kind)
      .executeTakeFirst(),
  )

export const headOf = (list: ListRow, decreeNumber: string, decidedAt: Date): AnnexHead => ({
  title: `Lampiran Penetapan Penerima ${list.programme_name}`,
  lines: [
    `Nomor ${decreeNumber} tanggal ${sayDay(today(decidedAt), 'id', 'long')} (${list.number})`,
    `Periode ${list.period}: ${sayDay(list.period_from, 'id', 'long')} sampai ${sayDay(list.period_to, 'id', 'long')}`,
    `Wilayah ${list.region_name} (${list.region_code}). Data per ${sayDay(list.as_of, 'id', 'long')}.`,
    ...(list.verified ? [] : ['Aturan program ini belum diverifikasi terhadap naskah peraturan.']),
  ],
  decreeNumber,
  decidedAt,
})

async function annexSheet(
  db: Db,
  list: ListRow,
  head: AnnexHead,
  villages: readonly { code: string; name: string }[],
): Promise<Uint8Array> {
  const rows: (string | number | null)[][] = []
  for (const village of villages)
    for (const row of await annexRows(db, list.id, village.code))
      rows.push([
        rows.length + 1,
        village.code,
        village.name,
        row.head,
        row.payee,
        row.nik,
        row.address,
        row.rt,
        row.rw,
        row.persons,
        row.amount,
      ])
  const words = [
    'No.',
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
  const total = rows.reduce((sum, row) => sum + Number(row.at(-1) ?? 0), 0)
  const notes = [[head.title], ...head.lines.map((line) => [line])]
  return sheet(
    'Lampiran',
    words,
    [...rows, [null, null, null, 'Jumlah seluruhnya', null, null, null, null, null, null, total]],
    notes,
  )
}
