import { sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Proposer, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { checkAnswers, questionnairesOn } from '../register/questionnaire.ts'
import { applyProposal } from './apply.ts'
import { resumesAt } from './machine.ts'
import { authorize, obstacle } from './policy.ts'
import {
  factsOf,
  holdForStaff,
  holdProposal,
  payloadOf,
  saveProposal,
  step,
  theProposer,
  whoIs,
  words,
  type FoundThere,
  type Held,
} from './proposal.ts'
import type { Act, CheckAct } from './schema.ts'
import { cleanFacts, withId } from './submit.ts'

/** Takes the proposal for an act the policy allows. */
export async function take(tx: Tx, actor: Actor, id: string, act: Act, version?: number): Promise<Held> {
  const held = await holdForStaff(tx, id, version)
  authorize(actor, act, factsOf(held))
  return held
}

/** Somebody goes and looks: an officer of the village or kecamatan, or a pillar who lives there. Nobody checks their own. */
export async function giveFieldCheck(
  tx: Tx,
  actor: Actor,
  id: string,
  given: { checkerId: string; dueOn?: string; note?: string },
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'give_field_check', version)
  const state = step(held, 'give_field_check')
  if (given.checkerId === held.row.proposed_by) throw conflict('proposal_own')
  const name = (await checkersOf(tx, actor, held.row.region_code)).find((one) => one.id === given.checkerId)?.name
  if (name === undefined) throw invalid({ field: 'checkerId', code: 'unknown' })
  const who = whoIs(actor)
  await tx
    .insertInto('field_check')
    .values({
      proposal_id: id,
      round: (held.check?.round ?? 0) + 1,
      assigned_to: given.checkerId,
      assigned_name: name,
      assigned_by: actor.accountId,
      assigned_at: who.at,
      due_on: given.dueOn ?? null,
      note: given.note ? words(given.note, 'note') : null,
    })
    .execute()
  await saveProposal(
    tx,
    who,
    held,
    { state, checker_id: given.checkerId, checked_by: null },
    { kind: 'field_check_given', public: true },
  )
}

/** Who can be sent: everybody of the actor's own office, and the pillars of the village and its kecamatan. */
export async function checkersOf(
  tx: Tx,
  actor: Actor,
  regionCode: string,
): Promise<{ id: string; name: string; kind: string }[]> {
  const { rows } = await sql<{ id: string; name: string; kind: string }>`
    select account_id as id, name, role as kind from office_staff(${actor.officeId ?? ''})
    union all select account_id, name, coalesce(pillar_kind, 'pillar') from village_pillars(${regionCode})`.execute(tx)
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** What was found at the door. Counts from now on for what the register will hold. */
export async function submitFieldCheck(tx: Tx, actor: Actor, id: string, given: CheckAct): Promise<void> {
  const held = await take(tx, actor, id, 'submit_field_check', given.version)
  const state = step(held, 'submit_field_check')
  const { check } = held
  if (!check || check.assignedTo !== actor.accountId || check.result) throw conflict('proposal_no_check')
  const who = whoIs(actor)
  if (given.visitedOn > localDay(who.at, 'Asia/Jayapura')) throw invalid({ field: 'visitedOn', code: 'future' })
  const finding = words(given.finding, 'finding')
  if (given.found?.answers) {
    const forms = await questionnairesOn(tx, given.visitedOn)
    checkAnswers(
      forms.find((one) => one.subject === 'family'),
      given.found.answers,
      'found.answers',
    )
  }
  const found: FoundThere | null = given.found
    ? {
        ...(given.found.answers && { answers: given.found.answers }),
        ...(given.found.family && { family: cleanFacts(given.found.family) }),
        ...(given.found.members && { members: await sameOrNew(tx, id, given.found.members) }),
      }
    : null
  await tx
    .updateTable('field_check')
    .set({
      submitted_by: actor.accountId,
      submitted_at: who.at,
      visited_on: given.visitedOn,
      result: given.result,
      finding,
      found: found && JSON.stringify(found),
    })
    .where('proposal_id', '=', id)
    .where('round', '=', check.round)
    .execute()
  await saveProposal(
    tx,
    who,
    held,
    { state, checked_by: actor.accountId },
    { kind: 'field_checked', public: true, data: { result: given.result } },
  )
}

/** Who is known by an id of the proposal, or by the same name or NIK, keeps their id and what was left out; the others get one. */
async function sameOrNew(tx: Tx, id: string, members: NonNullable<NonNullable<CheckAct['found']>['members']>) {
  const proposed = (await payloadOf(tx, id)).members ?? []
  return members.map(({ id: named, ...member }, place) => {
    const made = withId(member)
    const same = proposed.find((one) =>
      named === undefined
        ? (made.nik !== undefined && one.nik === made.nik) || one.name === made.name
        : one.id === named,
    )
    if (named !== undefined && !same) throw invalid({ field: `found.members.${place}.id`, code: 'unknown' })
    // The numbers come masked to whoever checks: what they left out stays as it was proposed.
    return same ? { ...same, ...made, id: same.id } : made
  })
}

/** Where verifying or approving leads; a conflict says what is still missing. */
function ready(held: Held, act: 'verify' | 'approve') {
  const state = step(held, act)
  const why = obstacle(factsOf(held))
  if (why) throw conflict(why)
  return state
}

/** The first of two at the regency or city: complete, checked, and it may go to the head. */
export async function verifyAtRegency(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'verify', version)
  const state = ready(held, 'verify')
  await saveProposal(
    tx,
    whoIs(actor),
    held,
    { state, verified_by: actor.accountId },
    { kind: 'verified', public: true },
  )
}

/** The second: the head approves, and in the same transaction it is in the register. */
export async function approveAtRegency(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'approve', version)
  const state = ready(held, 'approve')
  const who = whoIs(actor)
  await saveProposal(tx, who, held, { state, approved_by: actor.accountId }, { kind: 'approved', public: true })
  const applied = await applyProposal(tx, actor, held)
  await saveProposal(
    tx,
    who,
    held,
    {
      state: step(held, 'apply'),
      change_id: applied.changeId,
      ...(applied.familyId && { family_id: applied.familyId }),
    },
    { kind: 'applied', public: true },
  )
}

export async function refuse(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'refuse', version)
  await saveProposal(
    tx,
    whoIs(actor),
    held,
    { state: step(held, 'refuse'), refused_by: actor.accountId },
    { kind: 'refused', public: true, body: words(reason) },
  )
}

/** Something is missing: back to whoever proposed, with what it is. */
export async function returnForCompletion(
  tx: Tx,
  actor: Actor,
  id: string,
  reason: string,
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'return', version)
  const state = step(held, 'return')
  await keepFound(tx, held)
  await saveProposal(
    tx,
    whoIs(actor),
    held,
    // A new round begins: what was verified or checked before is checked anew.
    { state, state_before: resumesAt(held.row.state), checker_id: null, checked_by: null, verified_by: null },
    { kind: 'returned', public: true, body: words(reason) },
  )
}

/** What was found at the door is what is proposed from now on: it can be put right, and whoever looks next begins with it. */
async function keepFound(tx: Tx, { row, check }: Held): Promise<void> {
  if (row.checked_by === null || !check?.found) return
  const payload = await payloadOf(tx, row.id)
  const { family, members } = check.found
  const next = {
    ...payload,
    ...(family && { family: { ...payload.family, ...family } }),
    ...(members && { members }),
  }
  await tx
    .updateTable('proposal_content')
    .set({ payload: JSON.stringify(next) })
    .where('proposal_id', '=', row.id)
    .execute()
}

export async function complete(tx: Tx, actor: Actor, id: string, body: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'complete', version)
  await saveProposal(
    tx,
    teller(actor, held),
    held,
    { state: step(held, 'complete'), state_before: null },
    { kind: 'completed', public: true, body: words(body, 'body') },
  )
}

/** The proposer takes it back; on an agenda the item counts as decided, so that the meeting can close. */
export async function withdraw(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'withdraw', version)
  const state = step(held, 'withdraw')
  const was = held.row.state
  await saveProposal(tx, teller(actor, held), held, withdrawn(state), {
    kind: 'withdrawn',
    public: true,
    body: words(reason),
  })
  if (was === 'on_agenda') await takeOffAgenda(tx, held)
}

/** Without an account, by number and secret. */
export async function citizenWithdraws(tx: Tx, proposer: Proposer, reason: string): Promise<void> {
  const held = await holdProposal(tx, proposer.proposalId)
  const state = step(held, 'withdraw')
  const was = held.row.state
  await saveProposal(tx, theProposer(proposer.at), held, withdrawn(state), {
    kind: 'withdrawn',
    public: true,
    body: words(reason),
  })
  if (was === 'on_agenda') await takeOffAgenda(tx, held)
}
const withdrawn = (state: Held['row']['state']) => ({ state, state_before: null })

/** What was missing, from whoever proposes by number and secret. */
export async function citizenCompletes(tx: Tx, proposer: Proposer, body: string): Promise<void> {
  const held = await holdProposal(tx, proposer.proposalId)
  await saveProposal(
    tx,
    theProposer(proposer.at),
    held,
    { state: step(held, 'complete'), state_before: null },
    { kind: 'completed', public: true, body: words(body, 'body') },
  )
}

const takeOffAgenda = (tx: Tx, held: Held) =>
  withinAsSystem(tx, `proposal ${held.row.number} withdrawn before the meeting decided`, (system) =>
    system
      .updateTable('meeting_item')
      .set({ decision: 'withdrawn', decided_at: held.row.changed_at })
      .where('proposal_id', '=', held.row.id)
      .where('decision', 'is', null)
      .execute(),
  )

/** Who stands behind an objection is not told to the neighbours by the story either. */
export const teller = (actor: Actor, held: Held) =>
  (held.row.kind === 'remove' || held.row.kind === 'object') && held.row.proposed_by === actor.accountId
    ? { ...whoIs(actor), name: null }
    : whoIs(actor)

/** One more file; also while somebody waits for it. */
export const fileAdded = (tx: Tx, who: ReturnType<typeof whoIs>, held: Held) =>
  saveProposal(tx, who, held, { state: step(held, 'add_file') }, { kind: 'file_added', public: false, data: {} })
