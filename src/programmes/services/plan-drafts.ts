import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { authorize, authorizeOwner, getProgramme, requireBase, today } from '../catalogue/index.ts'
import type { Definition } from './definition.ts'
import { definitionFaults } from './faults.ts'
import type { Example, PlanBody, PlanPage } from './schema-plans.ts'
import { tryExample } from './trial.ts'

export type DraftRow = {
  programme_code: string
  valid_from: string
  definition: Definition
  examples: Example[]
  verified: boolean
  source: string
  made_by: string
  made_at: Date
}

/** Letters of a plan as JSON at most: three times the longest that ships. */
const MOST = 120_000

export async function findPlanDraft(tx: Tx, code: string): Promise<DraftRow | undefined> {
  const { rows } = await sql<DraftRow>`select * from service_plan_draft where programme_code = ${code}`.execute(tx)
  return rows[0]
}

async function heldDraft(tx: Tx, actor: Actor, code: string, act: 'edit' | 'drop' | 'publish'): Promise<DraftRow> {
  const programme = await getProgramme(tx, code)
  authorizeOwner(actor, programme.region_code)
  const { rows } = await sql<DraftRow>`
    select * from service_plan_draft where programme_code = ${code} for update`.execute(tx)
  const draft = rows[0]
  if (!draft) throw conflict('no_draft')
  authorize(actor, act, { programmeRegion: programme.region_code, state: 'draft', madeBy: draft.made_by })
  return draft
}

/** A plan with nothing in it but what every service has. */
const blank: Definition = { unit: 'person', confidential: true, summary: '', summaryEn: '', steps: [], outcomes: [] }

/** Begins the draft of the next plan: a copy of the one of a day, else of the newest; of a programme without any, an empty one. */
export async function beginPlan(tx: Tx, actor: Actor, code: string, from: string | undefined): Promise<void> {
  const programme = await getProgramme(tx, code)
  authorizeOwner(actor, programme.region_code)
  const { rows } = await sql<Pick<DraftRow, 'definition' | 'examples' | 'verified' | 'source'>>`
    select definition, examples, verified, source from service_plan
    where programme_code = ${code} and ${from === undefined ? sql`true` : sql`valid_from = ${from}::date`}
    order by valid_from desc limit 1`.execute(tx)
  if (from !== undefined && !rows[0]) throw invalid({ field: 'from', code: 'unknown' })
  const base = rows[0] ?? { definition: blank, examples: [], verified: false, source: '-' }
  const tomorrow = today(new Date(actor.at.getTime() + 86_400_000))
  const made = await tx
    .insertInto('service_plan_draft')
    .values({
      programme_code: code,
      valid_from: tomorrow,
      definition: JSON.stringify(base.definition),
      examples: JSON.stringify(base.examples),
      verified: base.verified,
      source: base.source,
      made_by: actor.accountId,
    })
    .onConflict((on) => on.doNothing())
    .returning('programme_code')
    .executeTakeFirst()
  if (!made) throw conflict('draft_there')
}

/** Puts the draft anew. Whoever wrote it last is its author, and somebody else publishes it. */
export async function writePlan(tx: Tx, actor: Actor, code: string, body: PlanBody): Promise<void> {
  requireBase(actor, await heldDraft(tx, actor, code, 'edit'), body.base)
  if (body.validFrom < '2000-01-01' || body.validFrom > '2200-01-01')
    throw invalid({ field: 'validFrom', code: 'invalid' })
  const definition = JSON.stringify(body.definition)
  if (definition.length + JSON.stringify(body.examples).length > MOST)
    throw invalid({ field: 'definition', code: 'maxLength', params: { limit: MOST } })
  await tx
    .updateTable('service_plan_draft')
    .set({
      valid_from: body.validFrom,
      definition,
      examples: JSON.stringify(body.examples),
      verified: body.verified,
      source: cleanLine(body.source),
      made_by: actor.accountId,
      made_at: sql<Date>`acting_now()`,
    })
    .where('programme_code', '=', code)
    .execute()
}

export async function dropPlan(tx: Tx, actor: Actor, code: string): Promise<void> {
  await heldDraft(tx, actor, code, 'drop')
  await tx.deleteFrom('service_plan_draft').where('programme_code', '=', code).execute()
}

/**
 * Publishes the draft, by somebody who did not write it: nothing is wrong with it, all its examples come through, and it begins today or
 * later, on a day no other plan of the programme begins. Cases that run keep the plan they were begun under.
 */
export async function publishPlan(tx: Tx, actor: Actor, code: string): Promise<string> {
  const draft = await heldDraft(tx, actor, code, 'publish')
  const found = (await obstaclesOf(tx, actor, draft))[0]
  if (found === 'day_past') throw invalid({ field: 'validFrom', code: 'past' })
  if (found === 'day_taken') throw invalid({ field: 'validFrom', code: 'plan_day_taken' })
  if (found) throw conflict('plan_faulty')
  await tx
    .insertInto('service_plan')
    .values({
      programme_code: code,
      valid_from: draft.valid_from,
      definition: JSON.stringify(draft.definition),
      examples: JSON.stringify(draft.examples),
      verified: draft.verified,
      source: draft.source,
      made_by: draft.made_by,
      published_by: actor.accountId,
      published_at: sql<Date>`acting_now()`,
    })
    .execute()
  await tx.deleteFrom('service_plan_draft').where('programme_code', '=', code).execute()
  await sql`select record_act('publish', 'service_plan', ${`${code}/${draft.valid_from}`}, null, '{}', null)`.execute(
    tx,
  )
  return draft.valid_from
}

/** What keeps a draft from being published, the gravest first. */
export async function obstaclesOf(tx: Tx, actor: Actor, draft: DraftRow): Promise<PlanPage['obstacles']> {
  const isSound = definitionFaults(draft.definition).length === 0
  const passing = isSound && draft.examples.every((one) => tryExample(draft.definition, one).passes)
  // One that was taken back before it began does not stand in the way, but for its very day.
  const { rows: taken } = await sql`
    select from service_plan s where s.programme_code = ${draft.programme_code} and s.valid_from >= ${draft.valid_from}::date
      and (s.valid_from = ${draft.valid_from}::date or plan_counts(s.programme_code, s.valid_from, s.valid_from)) limit 1`.execute(
    tx,
  )
  const all: Record<PlanPage['obstacles'][number], boolean> = {
    faults: !isSound,
    example_missing: draft.examples.length === 0,
    examples_fail: isSound && !passing,
    day_past: draft.valid_from < today(actor.at),
    day_taken: taken.length > 0,
    by_another: draft.made_by === actor.accountId,
  }
  return (Object.keys(all) as PlanPage['obstacles']).filter((one) => all[one])
}
