import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, type FieldError } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { payloadOf, saveProposal, step, words, type Held, type Payload } from './proposal.ts'
import type { AmendAct, Correction, FamilyFacts, Member } from './schema.ts'
import { take, teller } from './steps.ts'
import { cleanFacts, withId } from './submit.ts'

type Known = Member & { id: string }

/** Facts laid over those that stand: what is left out stays, null takes away. */
const laidOver = <T extends object>(standing: T, given: object): T =>
  Object.fromEntries(Object.entries({ ...standing, ...cleanFacts(given) }).filter(([, value]) => value !== null)) as T

/**
 * An officer names the family of the register, or puts right what was proposed; the original stays beside it. People are known by
 * their id, so whoever is renamed keeps what was not told anew. Errors: unknown ids, fields of `members.N`, `corrections.N`.
 */
export async function amend(tx: Tx, actor: Actor, id: string, given: AmendAct): Promise<void> {
  const held = await take(tx, actor, id, 'amend', given.version)
  const state = step(held, 'amend')
  if (given.familyId && actor.role !== 'pillar') {
    const family = await tx.selectFrom('family').select('id').where('id', '=', given.familyId).executeTakeFirst()
    if (!family) throw invalid({ field: 'familyId', code: 'unknown' })
  }
  const familyId = given.familyId ?? held.row.family_id
  if (given.personId && actor.role !== 'pillar' && !(await livesIn(tx, familyId)).has(given.personId))
    throw invalid({ field: 'personId', code: 'unknown' })
  const payload = await payloadOf(tx, id)
  const next: Payload = {
    ...payload,
    ...(given.family && { family: laidOver<FamilyFacts>(payload.family ?? {}, given.family) }),
    ...(given.members && { members: membersAfter(held, payload.members ?? [], given.members) }),
    ...(given.corrections && {
      corrections: correctionsAfter(payload.corrections ?? [], given.corrections, await livesIn(tx, familyId)),
    }),
  }
  await tx
    .updateTable('proposal_content')
    .set({ payload: JSON.stringify(next) })
    .where('proposal_id', '=', id)
    .execute()
  await saveProposal(
    tx,
    teller(actor, held),
    held,
    {
      state,
      ...(given.familyId && { family_id: given.familyId }),
      ...(given.personId && { person_id: given.personId }),
    },
    { kind: 'amended', public: false, body: words(given.reason) },
  )
}

function membersAfter(held: Held, standing: readonly Known[], given: NonNullable<AmendAct['members']>): Known[] {
  const wrong: FieldError[] = []
  if (held.row.kind === 'enrol' && given.length === 0) wrong.push({ field: 'members.0.name', code: 'required' })
  const seen = new Set<string>()
  const members = given.map(({ id, ...facts }, place) => {
    if (cleanLine(facts.name) === '') wrong.push({ field: `members.${place}.name`, code: 'required' })
    if (id === undefined) return withId(laidOver<Member>({ name: facts.name }, facts))
    const same = standing.find((one) => one.id === id)
    if (!same || seen.has(id)) wrong.push({ field: `members.${place}.id`, code: 'unknown' })
    seen.add(id)
    return laidOver<Known>(same ?? { id, name: '' }, facts)
  })
  if (wrong.length > 0) throw invalid(...wrong)
  return members
}

function correctionsAfter(
  standing: readonly Correction[],
  given: NonNullable<AmendAct['corrections']>,
  living: ReadonlySet<string>,
): Correction[] {
  const wrong: FieldError[] = []
  const seen = new Set<string>()
  const corrections = given.map(({ personId, ...facts }, place) => {
    const same = standing.find((one) => one.personId === personId)
    if ((!same && !living.has(personId)) || seen.has(personId))
      wrong.push({ field: `corrections.${place}.personId`, code: 'unknown' })
    seen.add(personId)
    return laidOver<Correction>(same ?? { personId }, facts)
  })
  if (wrong.length > 0) throw invalid(...wrong)
  return corrections
}

/** Who is in the family, as far as the actor may see; a pillar sees nobody. */
async function livesIn(tx: Tx, familyId: string | null): Promise<Set<string>> {
  if (familyId === null) return new Set()
  const rows = await tx.selectFrom('person').select('id').where('family_id', '=', familyId).execute()
  return new Set(rows.map((row) => row.id))
}
