import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { changeOf, named, renaming } from './acts.ts'
import type { FamilyPart, PersonPart } from './change.ts'
import { beginAct } from './evidence.ts'
import { applyPatch, type Fields } from './fold.ts'
import { validateAnswers } from './questionnaire.ts'
import { asRegister, recordChange, type Recorded } from './record.ts'
import type { CorrectionAct, TakeBackAct } from './schema.ts'

type Part = FamilyPart | PersonPart

type EventRow = {
  subject: 'family' | 'person'
  subject_id: string
  seq: number
  effective_on: string
  family_id: string | null
  patch: Fields
  sealed_patch: Fields | null
}

/**
 * An event was wrong. With facts it is put right: what they say replaces what it said, the rest of it goes on. Without facts it
 * is taken back. Both from now on; what was believed until now stays in the history.
 */
export async function correct(tx: Tx, actor: Actor, familyId: string, act: CorrectionAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const [event] = await readEvents(tx, actor, sql`e.subject_id = ${act.subjectId} and e.seq = ${act.seq}`)
  if (!event || (event.subject_id !== familyId && event.family_id !== familyId))
    throw invalid({ field: 'seq', code: 'unknown' })
  const effectiveOn = act.effectiveOn ?? event.effective_on
  const facts = act.facts as Fields | undefined
  const sealed = act.sealed as Fields | undefined
  if (sealed && event.subject === 'family') throw invalid({ field: 'sealed', code: 'additionalProperties' })
  for (const [subject, given, field] of [
    [event.subject, facts, 'facts.answers'],
    ['sealed', sealed, 'sealed.answers'],
  ] as const)
    await validateAnswers(tx, subject, given?.['answers'] as Fields | undefined, effectiveOn, field)
  if (facts) fieldsOf(event.subject, facts)
  const replaces = facts !== undefined || sealed !== undefined || act.effectiveOn !== undefined
  const part = {
    subject: event.subject,
    subjectId: event.subject_id,
    corrects: event.seq,
    ...(replaces && { patch: merged(event.patch, facts) }),
    ...(replaces && (event.sealed_patch ?? sealed) && { sealed: merged(event.sealed_patch ?? {}, sealed) }),
  } as Part
  const change = changeOf(actor, { ...act, effectiveOn }, 'corrected', [part])
  return renaming(
    () => recordChange(tx, actor, change),
    (field) => named('facts.')(field.replace(/^parts\.0\.sealed/, 'sealed').replace(/^parts\.0\.corrects$/, 'seq')),
  )
}

const ofFamily = new Set([
  'kkNumber',
  'address',
  'rt',
  'rw',
  'decile',
  'decileSource',
  'decilePeriod',
  'answers',
  'checkedOn',
])
/** The request takes fields of either; which of them fit is known with the event. */
function fieldsOf(subject: 'family' | 'person', facts: Fields): void {
  for (const field of Object.keys(facts))
    if (field !== 'answers' && ofFamily.has(field) !== (subject === 'family'))
      throw invalid({ field: `facts.${field}`, code: 'additionalProperties' })
  if (facts['name'] === null) throw invalid({ field: 'facts.name', code: 'required' })
}

/** A null of the correction stays a null: it takes away what stood before. */
function merged(patch: Fields, facts: Fields | undefined): Fields {
  const next: Record<string, unknown> = { ...patch, ...facts }
  if (patch['answers'] && facts?.['answers'])
    next['answers'] = applyPatch(patch['answers'] as Fields, facts['answers'] as Fields)
  return next
}

/**
 * A whole act was wrong (the wrong family was split, somebody was declared dead who lives): everything it said is taken back at
 * once. What it brought into the register stays known, as dissolved or not found.
 */
export async function takeBack(tx: Tx, actor: Actor, familyId: string, act: TakeBackAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const events = await readEvents(tx, actor, sql`e.change_id = ${act.changeId}`)
  if (!events.some((one) => one.subject_id === familyId || one.family_id === familyId))
    throw invalid({ field: 'changeId', code: 'unknown' })
  const effectiveOn = act.effectiveOn ?? events[0]?.effective_on ?? ''
  const parts = events.flatMap((event): Part[] => {
    if (event.seq === 1)
      return event.subject === 'family'
        ? [
            {
              subject: 'family',
              subjectId: event.subject_id,
              patch: { status: 'dissolved', headId: null, payeeId: null },
            },
          ]
        : [{ subject: 'person', subjectId: event.subject_id, patch: { status: 'not_found', familyId: null } }]
    return [{ subject: event.subject, subjectId: event.subject_id, corrects: event.seq } as Part]
  })
  // Of one subject the act may have two events; what followed by itself is put right by itself.
  const once = parts.filter((part, index) => parts.findIndex((one) => one.subjectId === part.subjectId) === index)
  const change = changeOf(actor, { ...act, effectiveOn }, 'corrected', once)
  return renaming(
    () => recordChange(tx, actor, change),
    (field) => named('')(field).replace(/^parts.*|.*corrects$/, 'changeId'),
  )
}

/** Events in force, with what is sealed in them: read with the eyes of the register, handed to nobody. */
async function readEvents(tx: Tx, actor: Actor, which: ReturnType<typeof sql>): Promise<EventRow[]> {
  return asRegister(tx, actor, async (within) => {
    const { rows } = await sql<EventRow>`
      select e.subject, e.subject_id, e.seq, e.effective_on, e.family_id, e.patch, s.patch as sealed_patch
      from register_event e left join register_event_sealed s using (subject_id, seq)
      where ${which} and e.state = 'in_force' order by e.subject, e.subject_id, e.seq`.execute(within)
    if (rows.length === 0) throw notFound('event')
    return rows
  })
}
