import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { DeliveryDispute, Opened } from '#src/distribution/index.ts'
import { knownByNik } from '#src/people/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { recordAct } from '#src/platform/audit/index.ts'
import { theCitizen, theSystem, whoIs } from './case.ts'
import { doorOf, fileComplaint, type Intake } from './intake.ts'
import type { CaseDeliveries, CaseOfDelivery, ComplainOfDelivery, DeliveryOfFamily } from './deliveries/schema.ts'
import type { Filed } from './schema.ts'

const matters = {
  not_received: 'delivery.not_received',
  less: 'delivery.short',
  cut: 'delivery.levy',
  sign: 'delivery',
} as const
const rupiah = (amount: number) => `Rp ${new Intl.NumberFormat('id-ID').format(amount)}`

/** The story of a complaint that was opened by an answer or a sign: what was recorded, what was said. */
function storyOf(dispute: DeliveryDispute): string {
  const of = `${dispute.programmeCode} periode ${dispute.period}, putaran penyaluran ${dispute.roundNumber}`
  const said = {
    not_received: `Setelah penyaluran, penerima ditanya dan menjawab tidak menerima ${of}. Menurut catatan sudah diserahkan ${rupiah(dispute.expected)}.`,
    less: `Setelah penyaluran, penerima ditanya dan menjawab menerima ${rupiah(dispute.received)} dari ${rupiah(dispute.expected)} untuk ${of}.`,
    cut: `Setelah penyaluran, penerima ditanya dan menjawab ada potongan atau pungutan${dispute.cut > 0 ? ` ${rupiah(dispute.cut)}` : ''} pada ${of}. Diterima ${rupiah(dispute.received)} dari ${rupiah(dispute.expected)}.`,
    sign: `Pemeriksaan catatan penyerahan ${of} menemukan tanda kecurangan pada ${dispute.families.length} penyerahan.`,
  }[dispute.cause]
  return dispute.note ? `${said}\n\nCatatan: ${dispute.note}` : said
}

/**
 * Files the complaint of a disputed delivery, tied to that very delivery, in the transaction of the answer. The name of the family comes from
 * the delivery; nothing else about them is copied.
 */
export async function fileDisputed(tx: Tx, dispute: DeliveryDispute): Promise<Opened> {
  const id = uuid()
  const { rows } = await sql<{ payee_name: string }>`
    select payee_name from round_entitlement where round_id = ${dispute.roundId} and family_id = any (${dispute.families.slice(0, 20)}::uuid[]) order by family_id`.execute(
    tx,
  )
  const who =
    dispute.door === 'web'
      ? theCitizen(dispute.at)
      : {
          ...theSystem(dispute.at),
          accountId: dispute.byAccount,
          role: dispute.door === 'pillar' ? 'pillar' : 'officer',
        }
  const filed = await fileComplaint(
    tx,
    who,
    {
      id,
      regionCode: dispute.regionCode,
      class: dispute.cause === 'sign' ? 'oversight' : 'complaint',
      matter: matters[dispute.cause],
      programmeCode: dispute.programmeCode,
      body: storyOf(dispute),
      // Whoever hands out in the village may be whom it is about.
      aboutOffice: dispute.cause === 'sign',
      ...(dispute.cause !== 'sign' && { concerned: rows.map((row) => ({ name: row.payee_name })) }),
    },
    { door: dispute.door, secret: dispute.secret },
  )
  await sql`
    insert into complaint_delivery (complaint_id, round_id, family_id, region_code, cause, tied_by)
    select ${id}, e.round_id, e.family_id, e.region_code, ${dispute.cause}, ${dispute.byAccount} from round_entitlement e
    where e.round_id = ${dispute.roundId} and e.family_id = any (${dispute.families}::uuid[])`.execute(tx)
  return { complaintId: id, number: filed.number, secret: filed.secret }
}

type Row = {
  round_id: string
  family_id: string
  number: string
  round_name: string
  programme_code: string
  period: string
  village: string
  payee_name: string
  state: 'open' | 'delivered' | 'undelivered' | 'cancelled'
  amount: number
  given_amount: number | null
  cause: 'not_received' | 'less' | 'cut' | 'sign' | 'tied' | null
}
const present = (row: Row): CaseDeliveries['tied'][number] => ({
  roundId: row.round_id,
  familyId: row.family_id,
  number: row.number,
  roundName: row.round_name,
  programmeCode: row.programme_code,
  period: row.period,
  village: row.village,
  payeeName: row.payee_name,
  state: row.state,
  amount: row.amount,
  given: row.given_amount,
  cause: row.cause,
})
const columns = sql`e.round_id, e.family_id, d.number, d.name as round_name, d.programme_code, d.period, r.name as village, e.payee_name, e.state, e.amount, e.given_amount`
const joins = sql`join distribution_round d on d.id = e.round_id join region r on r.code = e.region_code`

/** Deliveries a case is about, and those it could be: of families whose NIK the case names, in the reader's region. */
export async function deliveriesOfCase(tx: Tx, complaintId: string): Promise<CaseDeliveries> {
  const known = await tx
    .selectFrom('complaint')
    .select(['region_code'])
    .where('id', '=', complaintId)
    .executeTakeFirst()
  if (!known) throw notFound('complaint')
  const { rows: tied } = await sql<Row>`
    select ${columns}, k.cause from complaint_delivery k join round_entitlement e on e.round_id = k.round_id and e.family_id = k.family_id ${joins}
    where k.complaint_id = ${complaintId} order by d.opens_on desc, e.family_id limit 50`.execute(tx)
  const people = await tx.selectFrom('complaint_person').select('nik').where('complaint_id', '=', complaintId).execute()
  const families = (
    await knownByNik(
      tx,
      people.flatMap((one) => one.nik ?? []),
    )
  ).map((one) => one.familyId)
  const { rows: candidates } = await sql<Row>`
    select ${columns}, null as cause from round_entitlement e ${joins}
    where e.family_id = any (${families}::uuid[]) and e.state <> 'cancelled'
      and not exists (select from complaint_delivery k where k.complaint_id = ${complaintId} and k.round_id = e.round_id and k.family_id = e.family_id)
    order by d.opens_on desc limit 10`.execute(tx)
  return { tied: tied.map(present), candidates: candidates.map(present) }
}

/** Ties a case to the delivery it is about, whatever door it came in by. */
export async function tieDelivery(
  tx: Tx,
  actor: Actor,
  complaintId: string,
  roundId: string,
  familyId: string,
): Promise<void> {
  const known = await tx.selectFrom('complaint').select('id').where('id', '=', complaintId).executeTakeFirst()
  if (!known) throw notFound('complaint')
  const { rows } = await sql<{ region_code: string }>`
    select region_code from round_entitlement where round_id = ${roundId} and family_id = ${familyId}`.execute(tx)
  if (!rows[0]) throw notFound('delivery')
  const made = await sql`
    insert into complaint_delivery (complaint_id, round_id, family_id, region_code, cause, tied_by)
    values (${complaintId}, ${roundId}, ${familyId}, ${rows[0].region_code}, 'tied', ${actor.accountId}) on conflict do nothing`.execute(
    tx,
  )
  if (Number(made.numAffectedRows ?? 0) === 0) throw conflict('delivery_tied')
}

const caseColumns = sql`c.id, c.number, c.state, c.matter, c.filed_at, k.cause`
type CaseRow = {
  id: string
  number: string
  state: CaseOfDelivery['state']
  matter: string
  filed_at: Date | string
  cause: CaseOfDelivery['cause']
}
const presentCase = ({ filed_at, ...row }: CaseRow): CaseOfDelivery => ({
  ...row,
  filedAt: new Date(filed_at).toISOString(),
})

/** Cases about one delivery, as far as the reader may see them. */
export async function casesOfDelivery(tx: Tx, roundId: string, familyId: string): Promise<CaseOfDelivery[]> {
  const { rows } = await sql<CaseRow>`
    select ${caseColumns} from complaint_delivery k join complaint c on c.id = k.complaint_id
    where k.round_id = ${roundId} and k.family_id = ${familyId} order by c.filed_at desc limit 50`.execute(tx)
  return rows.map(presentCase)
}

/**
 * Deliveries of an opened family, the newest first, each with the cases about it that the reader may see; the look is written down.
 * Throws 404, 403 `open_first`.
 */
export async function deliveriesOfFamily(tx: Tx, familyId: string): Promise<DeliveryOfFamily[]> {
  const { rows: families } = await sql<{ region_code: string; opened: boolean }>`
    select region_code, has_opened(id) as opened from family where id = ${familyId}`.execute(tx)
  if (!families[0]) throw notFound('family')
  if (!families[0].opened) throw new Problem(403, 'open_first')
  const { rows } = await sql<Row & { cases: CaseRow[] }>`
    select ${columns}, null as cause, coalesce((select json_agg(x order by x.filed_at desc) from (
        select ${caseColumns} from complaint_delivery k join complaint c on c.id = k.complaint_id where k.round_id = e.round_id and k.family_id = e.family_id
        order by c.filed_at desc limit 20) x), '[]') as cases
    from round_entitlement e ${joins} where e.family_id = ${familyId} order by d.opens_on desc, d.number desc limit 50`.execute(
    tx,
  )
  await recordAct(tx, {
    act: 'look',
    subject: 'family',
    subjectId: familyId,
    regionCode: families[0].region_code,
    detail: { what: 'deliveries', rows: rows.length },
  })
  return rows.map(({ cases, ...row }) => {
    const { cause: _, familyId: __, payeeName: ___, ...delivery } = present(row)
    return { ...delivery, cases: cases.map(presentCase) }
  })
}

/**
 * Files a complaint about one delivery for whoever tells it, tied to that delivery: what it is about, the programme and the village are the
 * delivery's. The same id again is the same complaint. Throws problems that name `matter` or `body`, 404 for no such delivery.
 */
export async function complainOfDelivery(
  tx: Tx,
  actor: Actor,
  of: { roundId: string; familyId: string },
  given: ComplainOfDelivery,
  intake: Pick<Intake, 'secret'>,
): Promise<Filed> {
  if (given.matter !== 'delivery' && !given.matter.startsWith('delivery.'))
    throw invalid({ field: 'matter', code: 'unknown' })
  const { rows } = await sql<{ region_code: string; programme_code: string; payee_name: string }>`
    select e.region_code, d.programme_code, e.payee_name from round_entitlement e join distribution_round d on d.id = e.round_id
    where e.round_id = ${of.roundId} and e.family_id = ${of.familyId}`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('delivery')
  const { id, matter, body, complainant, aboutOffice, confidential } = given
  const filed = await fileComplaint(
    tx,
    whoIs(actor),
    {
      id,
      regionCode: row.region_code,
      class: 'complaint',
      matter,
      programmeCode: row.programme_code,
      body,
      concerned: [{ name: row.payee_name }],
      ...(complainant && { complainant }),
      ...(aboutOffice !== undefined && { aboutOffice }),
      ...(confidential !== undefined && { confidential }),
    },
    { door: doorOf(actor), secret: intake.secret, once: { scope: `account:${actor.accountId}`, key: `id:${id}` } },
  )
  await sql`
    insert into complaint_delivery (complaint_id, round_id, family_id, region_code, cause, tied_by)
    values (${filed.id}, ${of.roundId}, ${of.familyId}, ${row.region_code}, 'tied', ${actor.accountId}) on conflict do nothing`.execute(
    tx,
  )
  return filed
}
