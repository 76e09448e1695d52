import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { checkAnswers, inSocialOffice, requireOpening } from '#src/people/register/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, type FieldError, forbidden, invalid } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { getRegion, regionZone } from '#src/regions/index.ts'
import { addSteps, begunBy, type CaseRow, getCase, type Held, laterBy, settle } from './cases.ts'
import { tellServiceChange } from './changed.ts'
import type { Unit } from './definition.ts'
import { missingOf } from './machine.ts'
import { planIn, type Plan } from './plans.ts'
import { authorizeApplication } from './policy.ts'
import type { Application } from './schema.ts'
import { requireWorker } from './workers.ts'

type Subject = { familyId: string | null; personId: string | null; regionCode: string; person: Person }
type Person = {
  name: string | null
  nik: string | null
  birth_date: string | null
  phone: string | null
  address: string | null
}
const nobody: Person = { name: null, nik: null, birth_date: null, phone: null, address: null }

/**
 * Takes an application: for a family or person of the register whom the actor has opened, for a walk-in, or for a group. The same id
 * again is the same application. The applicant's answers count as the first step; what is to be assessed follows from the plan.
 */
export async function applyForService(tx: Tx, actor: Actor, given: Application): Promise<string> {
  if (!inSocialOffice(actor) || !actor.officeId) throw forbidden('service.apply')
  const id = given.id ?? uuid()
  const subject = await subjectOf(tx, actor, given)
  authorizeApplication(actor, subject.regionCode)
  const today = localDay(actor.at, await regionZone(tx, subject.regionCode))
  const plan = await planIn(tx, given.programmeCode, subject.regionCode, today)
  const unit = unitOf(plan, given, subject)
  const form = plan.definition.steps.find((one) => one.phase === 'application')
  const answers = given.answers ?? {}
  if (Object.keys(answers).length > 0) checkAnswers(formOf(form?.form), answers, 'answers', true)
  const workerId = given.workerId ?? actor.accountId
  if (given.workerId && given.workerId !== actor.accountId)
    await requireWorker(tx, actor.officeId, subject.regionCode, given.workerId, 'workerId')

  const made = await tx
    .insertInto('service_case')
    .values({
      id,
      programme_code: plan.code,
      plan_from: plan.from,
      unit,
      family_id: subject.familyId,
      person_id: unit === 'person' ? subject.personId : null,
      region_code: subject.regionCode,
      office_id: actor.officeId,
      confidential: plan.definition.confidential,
      state: 'applied',
      worker_id: workerId,
      complaint_number: given.complaintNumber ? cleanLine(given.complaintNumber) || null : null,
      opened_by: actor.accountId,
      opened_on: today,
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst()
  if (!made.numInsertedOrUpdatedRows) {
    const own = await sql<{ id: string }>`
      select id from service_case where id = ${id} and opened_by = ${actor.accountId} and programme_code = ${plan.code}`.execute(
      tx,
    )
    if (own.rows[0]) return id
    throw conflict('service_open_already')
  }
  await tx
    .insertInto('service_person')
    .values({ case_id: id, ...subject.person })
    .execute()
  const row: CaseRow = await getCase(tx, id)
  const held: Held = { row, plan, steps: [], today, later: await laterBy(tx, plan, row.region_code) }
  if (form && Object.keys(answers).length > 0) await keepAnswers(tx, actor, held, form.code, answers)
  await addSteps(tx, held, begunBy(held, 'assessment'))
  const assessed = missingOf(plan.definition, 'assessment', held.steps).length === 0
  if (assessed) await addSteps(tx, held, begunBy(held, 'plan'))
  await settle(
    tx,
    actor,
    held,
    { kind: 'applied', detail: { programme: plan.code }, body: cleanText(given.note ?? '') || undefined },
    assessed ? { state: 'assessed' } : {},
  )
  await tellServiceChange(tx, actor, held, 'applied')
  return id
}

/** What a form that is data is, for checkAnswers. */
export const formOf = (schema: Record<string, unknown> | undefined) =>
  schema && { subject: 'person' as const, validFrom: '2020-01-01', name: '', source: '', schema }

async function keepAnswers(tx: Tx, actor: Actor, held: Held, code: string, answers: Record<string, unknown>) {
  const seq = held.row.last_step + 1
  await tx
    .insertInto('service_step')
    .values({
      case_id: held.row.id,
      seq,
      code,
      phase: 'application',
      required: false,
      done_on: held.today,
      done_at: sql<Date>`acting_now()`,
      done_by: actor.accountId,
      met: true,
    })
    .execute()
  held.row.last_step = seq
  held.steps.push({
    case_id: held.row.id,
    seq,
    code,
    phase: 'application',
    required: false,
    due_on: null,
    planned_on: null,
    assignee_id: null,
    done_on: held.today,
    met: true,
    record_id: null,
    dropped_at: null,
  })
  await tx
    .insertInto('service_record')
    .values({
      case_id: held.row.id,
      seq,
      result: 'done',
      answers: JSON.stringify(answers),
      recorded_by: actor.accountId,
      recorded_role: actor.role,
    })
    .execute()
}

function unitOf(plan: Plan, given: Application, subject: Subject): Unit {
  const { unit } = plan.definition
  if (unit === 'group' && !given.groupName) throw invalid({ field: 'groupName', code: 'required' })
  if (unit !== 'group' && given.groupName) throw invalid({ field: 'groupName', code: 'service_no_group' })
  if (unit === 'person' && subject.familyId && !subject.personId) throw invalid({ field: 'personId', code: 'required' })
  return unit
}

/** Whom it is for, and where they live. Exactly one of the ways; a problem names the field. */
async function subjectOf(tx: Tx, actor: Actor, given: Application): Promise<Subject> {
  const ways = [given.familyId, given.walkIn, given.groupName].filter((one) => one !== undefined)
  if (ways.length !== 1) throw invalid({ field: 'familyId', code: 'service_whom' })
  if (given.familyId) {
    await requireOpening(tx, actor, given.familyId)
    const { rows } = await sql<{ region_code: string; status: string; member: boolean }>`
      select f.region_code, f.status, exists (select from person p where p.id = ${given.personId ?? null}::uuid and p.family_id = f.id and p.status = 'active') as member
      from family f where f.id = ${given.familyId}`.execute(tx)
    const family = rows[0]
    if (family?.status !== 'active') throw conflict('family_not_active')
    if (given.personId && !family.member) throw invalid({ field: 'personId', code: 'unknown' })
    return {
      familyId: given.familyId,
      personId: given.personId ?? null,
      regionCode: family.region_code,
      person: nobody,
    }
  }
  if (given.personId) throw invalid({ field: 'personId', code: 'unknown' })
  if (!given.regionCode) throw invalid({ field: 'regionCode', code: 'required' })
  const region = await getRegion(tx, given.regionCode).catch(() => null)
  if (region?.tier !== 'village') throw invalid({ field: 'regionCode', code: 'unknown' })
  if (given.groupName)
    return {
      familyId: null,
      personId: null,
      regionCode: region.code,
      person: { ...nobody, name: cleanLine(given.groupName) },
    }
  return { familyId: null, personId: null, regionCode: region.code, person: await walkIn(tx, given.walkIn) }
}

async function walkIn(tx: Tx, given: Application['walkIn']): Promise<Person> {
  const name = cleanLine(given?.name ?? '')
  const faults: FieldError[] = []
  if (!name) faults.push({ field: 'walkIn.name', code: 'required' })
  if (given?.nik) {
    const known = await tx
      .selectFrom('person')
      .select('id')
      .where('nik', '=', given.nik)
      .where('status', '=', 'active')
      .executeTakeFirst()
    // Their case belongs to them: it is found through the register.
    if (known) faults.push({ field: 'walkIn.nik', code: 'service_in_register' })
  }
  if (faults.length > 0) throw invalid(...faults)
  return {
    name,
    nik: given?.nik ?? null,
    birth_date: given?.birthDate ?? null,
    phone: cleanLine(given?.phone ?? '') || null,
    address: cleanLine(given?.address ?? '') || null,
  }
}
