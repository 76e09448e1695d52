import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, Problem, type FieldError } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText, shorten } from '#src/platform/text/index.ts'
import { deriveSecret } from '#src/platform/text/ticket.ts'
import { checkNik } from '#src/people/index.ts'
import { calendarFor, officeChain } from '#src/regions/index.ts'
import { clockRow, holdCase, type Who } from './case.ts'
import { dueFields, start, termOn, type CaseClock, type Term } from './clocks.ts'
import { join } from './joining.ts'
import { hashSecret, newNumber } from './number.ts'
import { officeRef, route } from './offices.ts'
import type { Door, Filed, NewComplaint, PersonInput } from './schema.ts'

export type Intake = {
  door: Door
  /** Key material of the installation: the citizen's secret is derived from it and the complaint's id. */
  secret: Buffer
  /** A repeat with this key and the same request finds what it filed before. */
  once?: { scope: string; key: string }
  files?: { id: string; fileId: string; name: string; mediaType: string; bytes: number }[]
}

/** The same id and installation give the same secret, so a repeated filing can tell it again without storing it. */
export const secretFor = (installation: Buffer, complaintId: string): string =>
  deriveSecret(installation, 'tracking-secret', complaintId)

const clean = (value: string | undefined) => (value === undefined ? undefined : cleanLine(value)) || undefined

function cleanPerson(person: PersonInput): PersonInput {
  const result: PersonInput = { ...person }
  for (const key of ['name', 'address', 'relationship', 'phone', 'email'] as const) {
    const value = clean(person[key])
    if (value === undefined) delete result[key]
    else result[key] = value
  }
  return result
}
const isEmpty = (person: PersonInput) =>
  Object.values(person).every((value) => value === undefined || (Array.isArray(value) && value.length === 0))

type Facts = {
  tier: string | null
  matter: boolean
  programme: boolean
  terms: Term[]
  known: { request_hash: string; subject_id: string } | null
}

/**
 * Files a complaint, whatever door it came in by: routes it to the lowest staffed office of its village, starts its
 * clocks, keeps the identity apart, remembers likely duplicates. Answers what the citizen needs to follow it.
 * Errors: invalid (fields), conflict already_exists, key_reused (422).
 */
export async function fileComplaint(tx: Tx, who: Who, input: NewComplaint, intake: Intake): Promise<Filed> {
  const body = cleanText(input.body)
  const once = intake.once
  // Without the id: a repeat by key may carry another one, and an id is part of its own key.
  const { id: _, ...asked } = input
  const requestHash = once ? createHash('sha256').update(JSON.stringify(asked)).digest('hex') : ''
  const found = await sql<Facts>`select
      (select tier from region where code = ${input.regionCode}) as tier,
      exists (select from complaint_matter where code = ${input.matter}) as matter,
      ${input.programmeCode ?? null}::text is null or exists (select from programme where code = ${input.programmeCode ?? null}) as programme,
      (select json_agg(t) from complaint_term t) as terms,
      ${once ? sql`(select row_to_json(k) from idempotency_key k where k.scope = ${once.scope} and k.key = ${once.key})` : sql`null::json`} as known
  `.execute(tx)
  const facts = found.rows[0]
  if (!facts) throw new Error('no facts')
  if (facts.known) {
    if (facts.known.request_hash !== requestHash) throw new Problem(422, 'key_reused')
    return refile(tx, who, facts.known.subject_id, intake)
  }
  const wrong: FieldError[] = []
  if (facts.tier !== 'village') wrong.push({ field: 'regionCode', code: 'unknown' })
  if (!facts.matter) wrong.push({ field: 'matter', code: 'unknown' })
  if (!facts.programme) wrong.push({ field: 'programmeCode', code: 'unknown' })
  if (body.length < 10) wrong.push({ field: 'body', code: 'minLength', params: { limit: 10 } })
  if (wrong.length > 0) throw invalid(...wrong)

  const chain = await officeChain(tx, input.regionCode)
  const calendar = await calendarFor(tx, input.regionCode)
  const { office, passedOver } = route(chain, input.aboutOffice ?? false)
  const id = input.id ?? uuidv7()
  const number = newNumber()
  const secret = secretFor(intake.secret, id)
  const filedOn = localDay(who.at, calendar.zone)
  const term = (key: Parameters<typeof termOn>[1]) => termOn(facts.terms, key, input.class, filedOn)
  let clocks: CaseClock[] = start([], 'first_response', term('first_response'), who.at, calendar)
  clocks = start(clocks, 'settlement', term('settlement'), who.at, calendar)
  const due = dueFields(
    clocks,
    who.at,
    calendar,
    { remindBefore: term('remind_before').days, climbAfter: term('referral_answer').days },
    office.tier,
    { climbs_at: null },
  )
  const people = peopleOf(input).map((person, seq) => ({ complaint_id: id, seq, ...person }))
  const files = (intake.files ?? []).map((file) => ({
    complaint_id: id,
    id: file.id,
    file_id: file.fileId,
    name: file.name,
    media_type: file.mediaType,
    bytes: file.bytes,
    public: true,
    by_account: who.accountId,
    by_role: who.role,
    at: who.at,
  }))

  // One statement: everything a filing makes, in one round trip. Foreign keys of the parts are checked at commit.
  await sql`with
    k as (insert into idempotency_key (scope, key, request_hash, subject_id)
      select ${once?.scope ?? ''}, ${once?.key ?? ''}, ${requestHash}, ${id} where ${once !== undefined}),
    n as (insert into complaint_number (number, complaint_id, secret_hash) values (${number}, ${id}, ${hashSecret(id, secret)})),
    c as (insert into complaint (id, number, region_code, filed_at, filed_on, door, class, matter, programme_code, summary, body, confidential,
        anonymous, about_office, filed_by, state, office_id, office_tier, offices, passed_over, due_at, due_clock, remind_at, climbs_at, last_seq, changed_at)
      values (${id}, ${number}, ${input.regionCode}, ${who.at}, ${filedOn}, ${intake.door}, ${input.class}, ${input.matter},
        ${input.programmeCode ?? null}, ${shorten(body, 140)}, ${body}, ${input.confidential ?? false}, ${input.anonymous ?? false},
        ${input.aboutOffice ?? false}, ${who.accountId}, 'received', ${office.id}, ${office.tier}, ${[office.id]}, ${passedOver?.id ?? null},
        ${due.due_at}, ${due.due_clock}, ${due.remind_at}, ${due.climbs_at}, 2, ${who.at})),
    d as (insert into disposition (complaint_id, seq, office_id, began_at, why, reason, by_role)
      values (${id}, 2, ${office.id}, ${who.at}, 'routed', ${passedOver?.name ?? null}, 'system')),
    e as (insert into complaint_event (complaint_id, seq, at, kind, by_account, by_role, by_name, office_id, to_office_id, to_state, public, data)
      values (${id}, 1, ${who.at}, 'filed', ${who.accountId}, ${who.role}, ${who.name}, ${who.officeId}, null, 'received', true, ${JSON.stringify({ door: intake.door })}),
        (${id}, 2, ${who.at}, 'routed', null, 'system', null, null, ${office.id}, 'received', true, ${JSON.stringify({ passedOver: passedOver?.id ?? null })})),
    p as (insert into complaint_person (complaint_id, seq, part, sealed, name, nik, kk_number, phone, email, sex, birth_date, address, rt, rw, relationship, registered, decile, programmes)
      select r.complaint_id, r.seq, r.part, r.sealed, r.name, r.nik, r.kk_number, r.phone, r.email, r.sex, r.birth_date, r.address, r.rt, r.rw, r.relationship, r.registered, r.decile, coalesce(r.programmes, '{}')
      from jsonb_populate_recordset(null::complaint_person, ${JSON.stringify(people)}::jsonb) r),
    k2 as (insert into complaint_clock (complaint_id, kind, round, working_days, source, started_at, due_at)
      select r.complaint_id, r.kind, r.round, r.working_days, r.source, r.started_at, r.due_at
      from jsonb_populate_recordset(null::complaint_clock, ${JSON.stringify(clocks.map((clock) => clockRow(id, clock)))}::jsonb) r),
    a as (insert into attachment (complaint_id, id, file_id, name, media_type, bytes, public, by_account, by_role, at)
      select r.complaint_id, r.id, r.file_id, r.name, r.media_type, r.bytes, r.public, r.by_account, r.by_role, r.at
      from jsonb_populate_recordset(null::attachment, ${JSON.stringify(files)}::jsonb) r)
    insert into event_log (kind, subject, subject_id, region_code, office_id, data)
    values ('complaint', 'complaint', ${id}, ${input.regionCode}, ${office.id}, ${JSON.stringify({ acts: ['filed'], state: 'received', officeId: office.id })})
  `.execute(tx)
  if (!input.confidential) await sql`select keep_similar(${id})`.execute(tx)
  if (input.joinTo) await joinAtFiling(tx, who, id, input.joinTo)

  return {
    id,
    number,
    secret,
    state: input.joinTo ? 'archived' : 'received',
    office: officeRef(office),
    passedOver: passedOver?.name ?? null,
    respondBy: iso(clocks.find((clock) => clock.kind === 'first_response')?.dueAt),
    settleBy: iso(clocks.find((clock) => clock.kind === 'settlement')?.dueAt),
    timeZone: calendar.zone,
    warnings: doubts(input),
  }
}
const iso = (at: Date | null | undefined) => at?.toISOString() ?? null

/** "Saya juga mengalami": the citizen's own case, with its own number, handled together with the one that is there. */
async function joinAtFiling(tx: Tx, who: Who, id: string, primaryId: string) {
  const held = await holdCase(tx, who, id)
  await join(tx, who, held, primaryId)
}

function peopleOf(input: NewComplaint) {
  const complainant = cleanPerson(input.complainant ?? {})
  const concerned = (input.concerned ?? []).map(cleanPerson)
  const row = (person: PersonInput, part: 'complainant' | 'concerned', sealed: boolean) => ({
    part,
    sealed,
    name: person.name ?? null,
    nik: person.nik ?? null,
    kk_number: person.kkNumber ?? null,
    phone: person.phone ?? null,
    email: person.email ?? null,
    sex: person.sex ?? null,
    birth_date: person.birthDate ?? null,
    address: person.address ?? null,
    rt: person.rt ?? null,
    rw: person.rw ?? null,
    relationship: person.relationship ?? null,
    registered: person.registered ?? null,
    decile: person.decile ?? null,
    programmes: person.programmes ?? [],
  })
  return [
    ...(isEmpty(complainant) ? [] : [row(complainant, 'complainant', input.anonymous ?? false)]),
    ...concerned.filter((person) => !isEmpty(person)).map((person) => row(person, 'concerned', false)),
  ]
}

/** NIKs that do not agree with what else was typed: told, never refused. */
function doubts(input: NewComplaint): Filed['warnings'] {
  const named: [string, PersonInput | undefined][] = [
    ['complainant', input.complainant],
    ...(input.concerned ?? []).map((person, index): [string, PersonInput] => [`concerned.${index}`, person]),
  ]
  return named.flatMap(([field, person]) =>
    person?.nik
      ? checkNik(person.nik, { birthDate: person.birthDate ?? null, sex: person.sex ?? null }).map((code) => ({
          field: `${field}.nik`,
          code,
        }))
      : [],
  )
}

/** The answer of a filing that happened before, told again. */
async function refile(tx: Tx, who: Who, id: string, intake: Intake): Promise<Filed> {
  if (who.role === 'citizen') await sql`select set_config('app.complaint', ${id}, true)`.execute(tx)
  const held = await holdCase(tx, who, id)
  const names = await tx
    .selectFrom('office')
    .select(['id', 'name', 'tier', 'region_code as regionCode'])
    .where('id', 'in', [held.row.office_id, held.row.passed_over ?? ''])
    .execute()
  const office = names.find((one) => one.id === held.row.office_id)
  if (!office) throw conflict('already_exists')
  return {
    id,
    number: held.row.number,
    secret: secretFor(intake.secret, id),
    state: held.row.state,
    office: officeRef(office),
    passedOver: names.find((one) => one.id === held.row.passed_over)?.name ?? null,
    respondBy: iso(held.clocks.find((clock) => clock.kind === 'first_response')?.dueAt),
    settleBy: iso(held.clocks.find((clock) => clock.kind === 'settlement')?.dueAt),
    timeZone: held.calendar.zone,
    warnings: [],
  }
}

/** The door a person signed in files through. */
export const doorOf = (actor: Actor): Door => (actor.role === 'pillar' ? 'pillar' : 'desk')
