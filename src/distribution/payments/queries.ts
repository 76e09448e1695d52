import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import { getRound, rangeOf } from '../rounds/round.ts'
import { answerable } from './results.ts'
import { countChanged, payable, rowsWithChange } from './payable.ts'
import type {
  Changed,
  ChangedReason,
  PaymentFile,
  PaymentFileView,
  PaymentRow,
  PaymentRowsQuery,
  Payments,
  WithoutAccount,
} from './schema.ts'

type Row = {
  id: string
  number: string
  way: 'bank' | 'post_office'
  bank: string | null
  state: 'made' | 'released' | 'discarded'
  row_count: number
  amount: number
  sha256: string
  bytes: number
  made_by: string
  made_by_name: string | null
  made_at: Date
  released_by_name: string | null
  released_at: Date | null
  discard_reason: string | null
  paid: number
  failed: number
  paid_amount: number
  round_state: string
  region_code: string
}

const present = (actor: Actor, row: Row): PaymentFile => {
  const leads = inSocialOffice(actor) && isWithin(row.region_code, actor.regionCode)
  const acts: [PaymentFile['can'][number], boolean][] = [
    ['download', leads && row.state === 'released'],
    ['release', leads && row.state === 'made' && actor.role === 'supervisor' && row.made_by !== actor.accountId],
    ['discard', leads && row.state === 'made'],
    ['import', leads && row.state === 'released' && answerable.has(row.round_state)],
  ]
  return {
    id: row.id,
    number: row.number,
    way: row.way,
    bank: row.bank,
    state: row.state,
    rows: row.row_count,
    amount: row.amount,
    sha256: row.sha256,
    bytes: row.bytes,
    madeBy: row.made_by_name,
    madeAt: row.made_at.toISOString(),
    releasedBy: row.released_by_name,
    releasedAt: row.released_at?.toISOString() ?? null,
    discardReason: row.discard_reason,
    paid: row.paid,
    failed: row.failed,
    waiting: row.state === 'discarded' ? 0 : row.row_count - row.paid - row.failed,
    paidAmount: row.paid_amount,
    can: acts.filter(([, may]) => may).map(([act]) => act),
  }
}

const filesOf = async (tx: Tx, actor: Actor, roundId: string, fileId: string | null): Promise<PaymentFile[]> => {
  const { rows } = await sql<Row>`
    select f.*, m.name as made_by_name, l.name as released_by_name, d.state as round_state, k.paid, k.failed, k.paid_amount
    from payment_file f join distribution_round d on d.id = f.round_id
    left join ending_people(${roundId}) m on m.account_id = f.made_by left join ending_people(${roundId}) l on l.account_id = f.released_by
    cross join lateral (select count(*) filter (where p.status = 'paid')::int as paid, count(*) filter (where p.status = 'failed')::int as failed,
      coalesce(sum(p.amount) filter (where p.status = 'paid'), 0)::bigint as paid_amount from payment_row p where p.file_id = f.id) k
    where f.round_id = ${roundId} and (${fileId}::uuid is null or f.id = ${fileId}) order by f.made_at desc, f.number desc`.execute(
    tx,
  )
  return rows.map((row) => present(actor, row))
}

/** Payment files of a round, and who could be put into another one. */
export async function readPayments(tx: Tx, actor: Actor, roundId: string): Promise<Payments> {
  const round = await getRound(tx, actor, roundId)
  const leads = inSocialOffice(actor) && isWithin(round.region_code, actor.regionCode)
  const open = round.state === 'open' || round.state === 'closed'
  const ready = leads
    ? await withinAsSystem(tx, 'distribution: who can be paid', (within) =>
        sql<{ way: 'bank' | 'post_office'; bank: string | null; known: boolean; rows: number; amount: number }>`
          select way, bank, way = 'post_office' or account_id is not null as known, count(*)::int as rows, sum(amount)::bigint as amount
          from (${payable(roundId)}) p group by 1, 2, 3 order by 1, 2`.execute(within),
      )
    : { rows: [] }
  return {
    files: await filesOf(tx, actor, roundId, null),
    ready: ready.rows.filter((one) => one.known).map(({ way, bank, rows, amount }) => ({ way, bank, rows, amount })),
    withoutAccount: ready.rows.filter((one) => !one.known).reduce((sum, one) => sum + one.rows, 0),
    mayMake: leads && open,
  }
}

/** Whom the bank cannot pay, because no account is known: fifty at a time, in the reader's region; the look is written down. */
export async function listWithoutAccount(
  tx: Tx,
  actor: Actor,
  roundId: string,
  after: string | undefined,
): Promise<WithoutAccount> {
  const most = 50
  await getRound(tx, actor, roundId)
  if (!inSocialOffice(actor)) throw forbidden('payment.read')
  const [from, to] = rangeOf(actor.regionCode)
  const [village, family] = after?.split('_') ?? []
  const found = await withinAsSystem(tx, 'distribution: who has no account', async (within) => {
    const where = sql`from (${payable(roundId)}) p where p.way = 'bank' and p.account_id is null and p.region_code >= ${from} and p.region_code < ${to}`
    const total = await sql<{ n: number }>`select count(*)::int as n ${where}`.execute(within)
    const page = await sql<{ family_id: string; region_code: string; holder: string; village: string; amount: number }>`
      select x.family_id, x.region_code, x.holder, r.name as village, x.amount from (select p.* ${where}) x join region r on r.code = x.region_code
      where ${village ?? null}::text is null or (x.region_code, x.family_id) > (${village ?? null}, ${family ?? null}::uuid)
      order by x.region_code, x.family_id limit ${most + 1}`.execute(within)
    return { total: total.rows[0]?.n ?? 0, rows: page.rows }
  })
  const shown = found.rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'distribution_round', ${roundId}, ${actor.regionCode}, ${JSON.stringify({ what: 'without_account', rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    total: found.total,
    items: shown.map((row) => ({
      familyId: row.family_id,
      payeeName: row.holder,
      village: row.village,
      amount: row.amount,
    })),
    next: found.rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}

type SeenRow = {
  row_no: number
  family_id: string
  village: string
  holder: string
  bank: string | null
  masked: string | null
  amount: number
  status: PaymentRow['status']
  reason: string | null
  paid_on: string | null
  bank_ref: string | null
  changed: ChangedReason | null
  other_files: PaymentRow['otherFiles']
}
const none: Changed = { count: 0, amount: 0, reasons: [] }

/** Rows of a file by their number; of one that waits with what has changed since it was made. */
async function rowsOf(
  tx: Tx,
  fileId: string,
  waits: boolean,
  query: PaymentRowsQuery,
  most: number,
): Promise<SeenRow[]> {
  const given = waits
    ? rowsWithChange(fileId)
    : sql`select p.*, null as changed from payment_row p where p.file_id = ${fileId}`
  const { rows } = await sql<SeenRow>`
    select p.row_no, p.family_id, r.name as village, p.holder, p.bank, account_mask(p.number) as masked, p.amount, p.status, p.reason, p.paid_on, p.bank_ref, p.changed,
      (select coalesce(json_agg(json_build_object('id', o.id, 'number', o.number, 'status', x.status) order by o.number), '[]')
        from payment_row x join payment_file o on o.id = x.file_id
        where x.family_id = p.family_id and x.round_id = p.round_id and x.file_id <> p.file_id and x.status in ('sent', 'paid')) as other_files
    from (${given}) p join region r on r.code = p.region_code where p.row_no > ${query.after ?? 0}
      and (${query.status ?? null}::text is null or p.status = ${query.status ?? null}) and (${query.result ?? null}::uuid is null or p.result_id = ${query.result ?? null})
      and (${query.changed ?? false} = false or p.changed is not null)
    order by p.row_no limit ${most}`.execute(tx)
  return rows
}

/** One file with its rows, fifty at a time, account numbers masked; the look is written down. */
export async function readPaymentFile(
  tx: Tx,
  actor: Actor,
  roundId: string,
  fileId: string,
  query: PaymentRowsQuery,
): Promise<PaymentFileView> {
  const most = 50
  const [file] = await filesOf(tx, actor, roundId, fileId)
  if (!file) throw notFound('payment_file')
  // Whoever sees the file sees all its rows.
  const { seen, changed } = await withinAsSystem(
    tx,
    'distribution: rows of a payment file, masked',
    async (within) => ({
      seen: await rowsOf(within, fileId, file.state === 'made', query, most + 1),
      changed: file.state === 'made' ? await countChanged(within, fileId) : none,
    }),
  )
  const rows = seen.slice(0, most)
  await sql`select record_act('list', 'payment_file', ${fileId}, ${actor.regionCode}, ${JSON.stringify({ rows: rows.length })}::jsonb, null)`.execute(
    tx,
  )
  const { rows: results } = await sql<{
    id: string
    name: string
    row_count: number
    paid: number
    failed: number
    repeated: number
    elsewhere: number
    faults: number
    imported_at: Date
  }>`select * from payment_result where file_id = ${fileId} order by imported_at desc, id desc limit 50`.execute(tx)
  return {
    ...file,
    can: file.can.filter((act) => act !== 'release' || changed.count === 0),
    changed,
    items: rows.map((row) => ({
      no: row.row_no,
      familyId: row.family_id,
      village: row.village,
      holder: row.holder,
      bank: row.bank,
      masked: row.masked,
      amount: row.amount,
      status: row.status,
      reason: row.reason,
      paidOn: row.paid_on,
      bankRef: row.bank_ref,
      changed: row.changed,
      otherFiles: row.other_files,
    })),
    next: seen.length > most ? (rows.at(-1)?.row_no ?? null) : null,
    results: results.map((row) => ({
      id: row.id,
      dry: false,
      known: false,
      name: row.name,
      rows: row.row_count,
      paid: row.paid,
      failed: row.failed,
      repeated: row.repeated,
      elsewhere: row.elsewhere,
      faults: row.faults,
      first: [],
      importedAt: row.imported_at.toISOString(),
    })),
  }
}
