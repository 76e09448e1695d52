import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, Problem, type FieldError } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { deriveSecret, hashSecret, newNumber, parseNumber } from '#src/platform/text/ticket.ts'
import { checkNik } from '../identity.ts'
import { calendarAt } from './calendar.ts'
import { knownByNik } from './of-complaint.ts'
import { tellPages, writeEvent, type Payload, type Who } from './proposal.ts'
import type { Door, FamilyFacts, FileWhat, Member, NewProposal, Submitted } from './schema.ts'

export type Intake = {
  door: Door
  /** Key material of the installation: the proposer's secret is derived from it and the proposal's id. */
  secret: Buffer
  /** Of the complaint that opened it. */
  complaintId?: string
  /** Keeps the proposer's name from the neighbours although it is no objection: the complaint was confidential. */
  confidential?: boolean
  files?: { id: string; fileId: string; what: FileWhat; name: string; mediaType: string; bytes: number }[]
}

export const secretLabel = 'proposal-secret'
/** The same id and installation give the same secret, so a repeat can tell it again without storing it. */
export const secretFor = (installation: Buffer, id: string): string => deriveSecret(installation, secretLabel, id)

/** A family or person somebody says should not be in the register, or a decision objected to: neighbours learn no name. */
const isObjection = (input: NewProposal) => input.kind === 'remove' || input.kind === 'object'

/**
 * Takes a proposal in, whatever door it came by: gives it a number and a secret, the month it belongs to, and keeps who
 * proposes apart from what is proposed. The same id again answers what was proposed before.
 * Errors: invalid (fields), already_exists (409, another proposal has the id).
 */
export async function submitProposal(tx: Tx, who: Who, input: NewProposal, intake: Intake): Promise<Submitted> {
  const id = input.id ?? uuidv7()
  const { id: _, ...asked } = input
  const requestHash = createHash('sha256').update(JSON.stringify(asked)).digest('hex')
  const scope = who.accountId ? `account:${who.accountId}` : 'public'
  const key = `proposal:${id}`
  const known = await tx
    .selectFrom('idempotency_key')
    .select(['request_hash'])
    .where('scope', '=', scope)
    .where('key', '=', key)
    .executeTakeFirst()
  if (known && known.request_hash !== requestHash) throw new Problem(422, 'key_reused')
  if (known) return again(tx, id, intake)

  const place = await tx
    .selectFrom('region')
    .select(['tier', 'time_zone'])
    .where('code', '=', input.regionCode)
    .executeTakeFirst()
  const aboutId = await checkInput(tx, who, input, place?.tier)
  const calendar = await calendarAt(tx, who.at, place?.time_zone ?? 'Asia/Jakarta')
  const found = await familyNamed(tx, who, input, intake.door)
  const payload = payloadFrom(input)
  const confidential = isObjection(input) || intake.confidential === true
  const number = newNumber()
  const secret = secretFor(intake.secret, id)
  // A citizen does not see the proposal objected to: the officer who does finds it by its number.
  const about = input.aboutNumber && aboutId === null ? `${input.aboutNumber.trim()}: ` : ''
  const reason = cleanText(about + input.reason).slice(0, 5000)

  await tx.insertInto('idempotency_key').values({ scope, key, request_hash: requestHash, subject_id: id }).execute()
  await tx
    .insertInto('proposal')
    .values({
      id,
      number,
      region_code: input.regionCode,
      kind: input.kind,
      removal: input.kind === 'remove' ? (input.removal ?? null) : null,
      programme_code: input.programmeCode ?? null,
      door: intake.door,
      complaint_id: intake.complaintId ?? null,
      family_id: found.familyId,
      person_id: found.personId,
      about_id: aboutId,
      reason,
      submitted_at: who.at,
      submitted_on: calendar.today,
      period: calendar.period,
      state: 'submitted',
      proposed_by: who.accountId,
      last_seq: 1,
      changed_at: who.at,
    })
    .execute()
  await tx
    .insertInto('proposal_number')
    .values({ number, proposal_id: id, secret_hash: hashSecret(secretLabel, id, secret) })
    .execute()
  await tx
    .insertInto('proposal_content')
    .values({ proposal_id: id, payload: JSON.stringify(payload), original: JSON.stringify(payload) })
    .execute()
  const proposer = proposerOf(who, input)
  if (proposer)
    await tx
      .insertInto('proposal_person')
      .values({ proposal_id: id, seq: 0, confidential, ...proposer })
      .execute()
  // Who stands behind an objection is not told to the neighbours by the story either.
  const teller = confidential ? { ...who, name: null } : who
  await writeEvent(tx, teller, id, 1, null, 'submitted', {
    kind: 'submitted',
    public: true,
    data: { door: intake.door, period: calendar.period },
  })
  if (intake.files && intake.files.length > 0)
    await tx
      .insertInto('proposal_file')
      .values(intake.files.map((file) => fileRow(id, file, who, true)))
      .execute()
  await tellPages(tx, id, input.regionCode, 'submitted', 'submitted')
  return {
    id,
    number,
    secret,
    state: 'submitted',
    period: calendar.period,
    cutOff: calendar.cutOff,
    nextMonth: calendar.period !== calendar.today.slice(0, 7),
    warnings: doubts(input),
  }
}

async function checkInput(tx: Tx, who: Who, input: NewProposal, tier: string | undefined): Promise<string | null> {
  const wrong: FieldError[] = []
  if (tier !== 'village') wrong.push({ field: 'regionCode', code: 'unknown' })
  if (cleanText(input.reason).length < 10) wrong.push({ field: 'reason', code: 'minLength', params: { limit: 10 } })
  if (input.kind === 'remove' && !input.removal) wrong.push({ field: 'removal', code: 'required' })
  if (input.kind === 'enrol' && (input.members ?? []).length === 0)
    wrong.push({ field: 'members.0.name', code: 'required' })
  for (const [place, member] of (input.members ?? []).entries())
    if (cleanLine(member.name) === '') wrong.push({ field: `members.${place}.name`, code: 'required' })
  // Nobody proposes without saying who they are; an account says it already.
  if (who.accountId === null) {
    if (!input.proposer || cleanLine(input.proposer.name) === '')
      wrong.push({ field: 'proposer.name', code: 'required' })
    if (!input.proposer?.nik) wrong.push({ field: 'proposer.nik', code: 'required' })
  }
  if (input.programmeCode) {
    const programme = await tx
      .selectFrom('programme')
      .select('code')
      .where('code', '=', input.programmeCode)
      .executeTakeFirst()
    if (!programme) wrong.push({ field: 'programmeCode', code: 'unknown' })
  }
  let aboutId: string | null = null
  if (input.aboutNumber) {
    const parsed = parseNumber(input.aboutNumber)
    const about =
      parsed.ok && who.accountId
        ? await tx.selectFrom('proposal').select('id').where('number', '=', parsed.number).executeTakeFirst()
        : undefined
    aboutId = about?.id ?? null
    if (!parsed.ok || (who.accountId && !about)) wrong.push({ field: 'aboutNumber', code: 'unknown' })
  }
  if (wrong.length > 0) throw invalid(...wrong)
  return aboutId
}

/** Named by its id, or found by the NIK of somebody in it: then the officer need not look for it. */
async function familyNamed(tx: Tx, who: Who, input: NewProposal, door: Door) {
  const nothing = { familyId: null, personId: null }
  // The officer who verified the asker said whom the register knows them as.
  if (door === 'rights') return { familyId: input.familyId ?? null, personId: input.personId ?? null }
  if (who.accountId === null || input.kind === 'enrol') return nothing
  if (who.role === 'pillar') return { familyId: input.familyId ?? null, personId: input.personId ?? null }
  if (input.familyId) {
    const family = await tx.selectFrom('family').select('id').where('id', '=', input.familyId).executeTakeFirst()
    if (!family) throw invalid({ field: 'familyId', code: 'unknown' })
    return { familyId: input.familyId, personId: input.personId ?? null }
  }
  const known = await knownByNik(
    tx,
    (input.members ?? []).flatMap((one) => (one.nik ? [one.nik] : [])),
  )
  const families = new Set(known.map((one) => one.familyId))
  const [first] = known
  if (families.size !== 1 || !first) return nothing
  return { familyId: first.familyId, personId: known.length === 1 && input.kind === 'remove' ? first.id : null }
}

function payloadFrom(input: NewProposal): Payload {
  const members = (input.members ?? []).map(withId)
  return {
    ...(input.kind === 'enrol' && { familyId: uuidv7() }),
    ...(input.family && { family: cleanFacts(input.family) }),
    ...(members.length > 0 && { members }),
    ...(input.corrections && { corrections: input.corrections.map((one) => ({ ...cleanFacts(one) })) }),
  }
}

/** A new person of the register has their id from the moment they are proposed. */
export const withId = (member: Member): Member & { id: string } => ({ id: uuidv7(), ...cleanFacts(member) })

/** Every text one clean line. */
export function cleanFacts<T extends FamilyFacts | object>(facts: T): T {
  return Object.fromEntries(
    Object.entries(facts)
      .map(([key, value]) => [key, typeof value === 'string' ? cleanLine(value) : (value as unknown)] as const)
      .filter(([, value]) => value !== '' && value !== undefined),
  ) as T
}

function proposerOf(who: Who, input: NewProposal) {
  const given = input.proposer && cleanFacts(input.proposer)
  const name = given?.name ?? who.name
  if (!name) return null
  return {
    name,
    nik: given?.nik ?? null,
    phone: given?.phone ?? null,
    email: given?.email ?? null,
    address: given?.address ?? null,
    relationship: given?.relationship ?? null,
  }
}

export const fileRow = (
  proposalId: string,
  file: NonNullable<Intake['files']>[number],
  who: Who,
  isPublic: boolean,
) => ({
  proposal_id: proposalId,
  id: file.id,
  file_id: file.fileId,
  what: file.what,
  name: file.name,
  media_type: file.mediaType,
  bytes: file.bytes,
  public: isPublic,
  by_account: who.accountId,
  by_role: who.role,
  at: who.at,
})

/** NIKs that do not agree with what else was typed: told, never refused. */
const doubts = (input: NewProposal): Submitted['warnings'] =>
  (input.members ?? []).flatMap((member, place) =>
    member.nik
      ? checkNik(member.nik, { birthDate: member.birthDate ?? null, sex: member.sex ?? null }).map((code) => ({
          field: `members.${place}.nik`,
          code,
        }))
      : [],
  )

async function again(tx: Tx, id: string, intake: Intake): Promise<Submitted> {
  const row = await tx
    .selectFrom('proposal')
    .select(['number', 'state', 'period', 'submitted_on'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw conflict('already_exists')
  const cutOff = await tx
    .selectFrom('register_term')
    .select('amount')
    .where('key', '=', 'cut_off')
    .where('valid_from', '<=', row.submitted_on)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return {
    id,
    number: row.number,
    secret: secretFor(intake.secret, id),
    state: row.state as Submitted['state'],
    period: row.period,
    cutOff: cutOff.amount,
    nextMonth: row.period !== row.submitted_on.slice(0, 7),
    warnings: [],
  }
}

/** The door a person signed in proposes through. */
export const doorOf = (actor: Actor): Door => (actor.role === 'pillar' ? 'pillar' : 'officer')
