import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { questionnairesOn, requireOpening } from '#src/people/register/index.ts'
import { type FamilyFacts, readFacts, readRule } from '../rules/index.ts'
import { getMade } from './list.ts'
import { findResult } from './results.ts'
import type { ResultDetail } from './schema.ts'

/** One family of a list with what it was decided on and every part of the rule; for whoever opened the family. */
export async function readResult(
  tx: Tx,
  actor: Actor,
  id: string,
  familyId: string,
  locale: Locale,
): Promise<ResultDetail> {
  const list = await getMade(tx, id)
  await requireOpening(tx, actor, familyId)
  const result = await findResult(tx, list, familyId, locale)
  const { rows } = await sql<{ facts: FamilyFacts }>`
    select facts from determination_fact where determination_id = ${id} and family_id = ${familyId}`.execute(tx)
  const facts = rows[0]?.facts
  if (!facts) return { result, facts: null, explanation: null, components: [] }
  const rule = readRule(list.rule, await questionnairesOn(tx, list.as_of))
  // Since when a fact holds is told as it is believed now; the facts themselves are those the list was decided on.
  const { since } = await readFacts(tx, actor, familyId, list.as_of)
  const explanation = rule.explain({ facts, since }, list.as_of)
  return {
    result,
    facts,
    explanation,
    components: explanation.answer.parts.map((one) => ({
      component: one.component,
      personId: one.personId,
      amount: one.amount,
    })),
  }
}
