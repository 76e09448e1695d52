import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Db, Requester, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { countHit, windowIsFull } from '#src/platform/http/limits.ts'
import {
  conflict,
  type FieldError,
  forbidden,
  invalid,
  notFound,
  Problem,
  tooMany,
} from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { deriveSecret, hashSecret, newNumber, parseNumber, secretMatches } from '#src/platform/text/ticket.ts'
import { registerTerm } from '../register/index.ts'
import { submitProposal } from '../proposals/submit.ts'
import { mayRefuse, mayVerify } from './policy.ts'
import type { FiledRequest, NewDataRequest, Verification } from './schema.ts'

export const secretLabel = 'request-secret'
const HOUR = 3_600_000
const DAY = 24 * HOUR

type EventKind = 'filed' | 'verified' | 'answered' | 'refused' | 'withdrawn' | 'overdue' | 'seen' | 'exported'

/** Appends to the request's own story; the next number is taken from what the reader may see, which is all of it. */
export async function writeRequestEvent(
  tx: Tx,
  id: string,
  kind: EventKind,
  by: { accountId: string | null; role: string },
) {
  await sql`insert into data_request_event (request_id, seq, kind, by_account, by_role)
    select ${id}, coalesce(max(seq), 0) + 1, ${kind}, ${by.accountId}, ${by.role} from data_request_event where request_id = ${id}`.execute(
    tx,
  )
}

/**
 * Takes a request in: who asks, about themselves, and since when the 3 × 24 hours run. `actor` null: a citizen on the web.
 * The same id again answers what was filed before. Errors: invalid (fields), key_reused (422).
 */
export async function fileRequest(
  tx: Tx,
  who: { at: Date; actor: Actor | null },
  input: NewDataRequest,
  installation: Buffer,
): Promise<FiledRequest> {
  const id = input.id ?? uuidv7()
  const { id: _, ...asked } = input
  const scope = who.actor ? `account:${who.actor.accountId}` : 'public'
  const key = `data-request:${id}`
  const requestHash = createHash('sha256').update(JSON.stringify(asked)).digest('hex')
  const secret = deriveSecret(installation, secretLabel, id)
  const known = await tx
    .selectFrom('idempotency_key')
    .select('request_hash')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst()
  if (known) {
    if (known.request_hash !== requestHash) throw new Problem(422, 'key_reused')
    const row = await tx.selectFrom('data_request').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw conflict('already_exists')
    return {
      id,
      number: row.number,
      secret,
      dueAt: row.due_at.toISOString(),
      state: row.state as FiledRequest['state'],
    }
  }
  await check(tx, input)
  const { amount } = await registerTerm(tx, 'rights_answer', who.at.toISOString().slice(0, 10))
  const number = newNumber()
  const dueAt = new Date(who.at.getTime() + amount * HOUR)
  await tx.insertInto('idempotency_key').values({ scope, key, request_hash: requestHash, subject_id: id }).execute()
  await tx
    .insertInto('data_request')
    .values({
      id,
      number,
      kind: input.kind,
      region_code: input.regionCode,
      door: who.actor ? 'desk' : 'web',
      due_at: dueAt,
      state: 'received',
      wish: input.kind === 'correction' ? cleanText(input.wish ?? '') : null,
      filed_by: who.actor?.accountId ?? null,
    })
    .execute()
  await tx
    .insertInto('data_request_identity')
    .values({
      request_id: id,
      name: cleanLine(input.name),
      nik: input.nik,
      kk_number: input.kkNumber ?? null,
      birth_date: input.birthDate ?? null,
      phone: input.phone ? cleanLine(input.phone) : null,
      secret_hash: hashSecret(secretLabel, id, secret),
    })
    .execute()
  await writeRequestEvent(tx, id, 'filed', {
    accountId: who.actor?.accountId ?? null,
    role: who.actor?.role ?? 'citizen',
  })
  return { id, number, secret, dueAt: dueAt.toISOString(), state: 'received' }
}

async function check(tx: Tx, input: NewDataRequest): Promise<void> {
  const wrong: FieldError[] = []
  if (cleanLine(input.name) === '') wrong.push({ field: 'name', code: 'required' })
  if (input.kind === 'correction' && cleanText(input.wish ?? '').length < 10)
    wrong.push({ field: 'wish', code: 'minLength', params: { limit: 10 } })
  const place = await tx.selectFrom('region').select('tier').where('code', '=', input.regionCode).executeTakeFirst()
  if (place?.tier !== 'village') wrong.push({ field: 'regionCode', code: 'unknown' })
  if (wrong.length > 0) throw invalid(...wrong)
}

/** The request a number and a secret open; a wrong pair answers as an unknown one, and only misses are counted. `header`: "<NUMBER> <SECRET>". */
export async function findRequester(db: Db, installation: Buffer, header: string, address: string): Promise<Requester> {
  const space = header.indexOf(' ')
  const number = parseNumber(space === -1 ? header : header.slice(0, space))
  const asked = space === -1 || !number.ok ? '' : number.number
  const { rows } = await db.asSystem('tracking: check the secret', (tx) =>
    sql<{ wait: number | null; id: string | null; secret_hash: string | null }>`
      select (${windowIsFull(installation, 'tracking_miss', address)}) as wait, r.id, i.secret_hash
      from (values (${asked}::text)) asked (number)
      left join data_request r on r.number = asked.number left join data_request_identity i on i.request_id = r.id`.execute(
      tx,
    ),
  )
  const [row] = rows
  if (row?.wait) throw tooMany(row.wait)
  if (row?.id && row.secret_hash && secretMatches(secretLabel, row.id, header.slice(space + 1), row.secret_hash))
    return { requestId: row.id, at: db.clock() }
  await countHit(db, installation, 'tracking_miss', address)
  throw notFound('data_request')
}

async function hold(tx: Tx, id: string) {
  const row = await tx.selectFrom('data_request').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw notFound('data_request')
  return row
}

/**
 * Says that the asker is who they say, and which person of the register that is (null: none). Access is answered with it, as the
 * answer is what stands in the register; a correction becomes a proposal, and its number is the answer.
 */
export async function verifyIdentity(
  tx: Tx,
  actor: Actor,
  id: string,
  { how, personId }: { how: Verification; personId: string | null },
  installation: Buffer,
): Promise<void> {
  const row = await hold(tx, id)
  if (row.state !== 'received') throw conflict('state', { state: row.state })
  if (!mayVerify(actor, factsOf(row))) throw forbidden('rights.verify')
  const identity = await tx
    .selectFrom('data_request_identity')
    .selectAll()
    .where('request_id', '=', id)
    .executeTakeFirst()
  if (!identity) throw notFound('data_request')
  if (how !== 'card_seen' && identity.file_id === null) throw invalid({ field: 'how', code: 'no_card' })
  const person = personId === null ? undefined : await personOf(tx, personId, identity)
  const { amount: openDays } = await registerTerm(tx, 'rights_open', actor.at.toISOString().slice(0, 10))
  const proposal = row.kind === 'correction' ? await propose(tx, actor, row, identity, person, installation) : null
  await tx
    .updateTable('data_request')
    .set({
      state: 'answered',
      verified_how: how,
      verified_by: actor.accountId,
      verified_at: actor.at,
      person_id: person?.id ?? null,
      family_id: person?.family_id ?? null,
      answered_at: actor.at,
      open_until: new Date(actor.at.getTime() + openDays * DAY),
      proposal_number: proposal,
      version: row.version + 1,
    })
    .where('id', '=', id)
    .execute()
  const by = { accountId: actor.accountId, role: actor.role }
  await writeRequestEvent(tx, id, 'verified', by)
  await writeRequestEvent(tx, id, 'answered', by)
}

/** The person the officer chose must be one the numbers point to: nobody is shown somebody else's data by a slip of the hand. */
async function personOf(
  tx: Tx,
  personId: string,
  identity: { nik: string | null; kk_number: string | null; birth_date: string | null },
) {
  const found = await matchesOf(tx, identity)
  const one = found.find((match) => match.id === personId)
  if (!one) throw invalid({ field: 'personId', code: 'no_match' })
  return one
}

/** Persons this may be: of the same NIK, or on the same family card with the same birth date. */
export async function matchesOf(
  tx: Tx,
  identity: { nik: string | null; kk_number: string | null; birth_date: string | null },
) {
  const { rows } = await sql<{
    id: string
    family_id: string | null
    region_code: string
    name: string
    birth_date: string | null
    place: string
    by: 'nik' | 'kk_and_birth_date'
  }>`
    select p.id, p.family_id, p.region_code, p.name, p.birth_date, r.path_name as place,
      case when p.nik = ${identity.nik} then 'nik' else 'kk_and_birth_date' end as by
    from person p join region r on r.code = p.region_code
    where p.status <> 'merged' and (p.nik = ${identity.nik}
      or p.family_id in (select f.id from family f where f.kk_number = ${identity.kk_number}) and p.birth_date = ${identity.birth_date}::date)
    order by (p.nik = ${identity.nik}) desc nulls last, p.id limit 10`.execute(tx)
  return rows
}

type Identity = { name: string; nik: string | null; phone: string | null }
type Row = Awaited<ReturnType<typeof hold>>

async function propose(
  tx: Tx,
  actor: Actor,
  row: Row,
  identity: Identity,
  person: { id: string; family_id: string | null } | undefined,
  installation: Buffer,
): Promise<string> {
  const who = { accountId: null, role: 'citizen', name: identity.name, officeId: null, at: actor.at }
  // Told by the asker, not by the officer who verified them: that officer may still decide about it.
  const made = await withinAsSystem(tx, 'rights: a correction becomes a proposal', (system) =>
    submitProposal(
      system,
      who,
      {
        id: row.id,
        kind: 'correct',
        regionCode: row.region_code,
        reason: row.wish ?? '',
        ...(person?.family_id && { familyId: person.family_id }),
        ...(person && { personId: person.id }),
        proposer: {
          name: identity.name,
          ...(identity.nik && { nik: identity.nik }),
          ...(identity.phone && { phone: identity.phone }),
        },
      },
      { door: 'rights', secret: installation },
    ),
  )
  return made.number
}

/** Not answered, and why: the identity cannot be verified, or a law keeps the answer back. The asker reads the reason. */
export async function refuseRequest(tx: Tx, actor: Actor, id: string, reason: string): Promise<void> {
  const row = await hold(tx, id)
  if (row.state !== 'received') throw conflict('state', { state: row.state })
  if (!mayRefuse(actor, factsOf(row))) throw forbidden('rights.refuse')
  const refusal = cleanText(reason)
  if (refusal.length < 10) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 10 } })
  await tx
    .updateTable('data_request')
    .set({ state: 'refused', refusal, version: row.version + 1 })
    .where('id', '=', id)
    .execute()
  await writeRequestEvent(tx, id, 'refused', { accountId: actor.accountId, role: actor.role })
}

/** The asker no longer wants it. */
export async function withdrawRequest(tx: Tx, requester: Requester): Promise<void> {
  const row = await tx.selectFrom('data_request').selectAll().where('id', '=', requester.requestId).executeTakeFirst()
  if (!row) throw notFound('data_request')
  if (row.state !== 'received') throw conflict('state', { state: row.state })
  await tx
    .updateTable('data_request')
    .set({ state: 'withdrawn', version: row.version + 1 })
    .where('id', '=', row.id)
    .execute()
  await writeRequestEvent(tx, row.id, 'withdrawn', { accountId: null, role: 'citizen' })
}

export const factsOf = (row: { state: string; door: string; region_code: string; filed_by: string | null }) => ({
  state: row.state,
  door: row.door,
  regionCode: row.region_code,
  filedBy: row.filed_by,
})

/** Marks what was not answered within its hours. @returns how many */
export async function markOverdue(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    update data_request set overdue = true where state = 'received' and not overdue and due_at < acting_now() returning id`.execute(
    tx,
  )
  for (const { id } of rows) await writeRequestEvent(tx, id, 'overdue', { accountId: null, role: 'system' })
  return rows.length
}
