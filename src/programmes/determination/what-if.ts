import { type RawBuilder, sql } from 'kysely'
import { Value } from 'typebox/value'
import { type Actor, type Db, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { questionnairesOn } from '#src/people/register/index.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { getVersion, today, versionInForce, type VersionRow } from '../catalogue/versions.ts'
import { readRule, type Rule, RuleDefinition, type RuleSource } from '../rules/index.ts'
import { getMade, type ListRow } from './list.ts'
import { authorizeMake, type Owned } from './policy.ts'
import { entitledElsewhere, runsThere, sourceOf } from './run.ts'
import type { WhatIf } from './schema.ts'
import { determinationTerm } from './term.ts'

/** What is compared: a list there is, or a version on a day. */
type Base = Owned & {
  list: ListRow | null
  code: string
  rule: RuleDefinition
  regions: string[]
  regions_without: string[]
  region_code: string
  as_of: string
  known_at: Date
  quota: number | null
}

/**
 * What was tried, worked out: `what_before` (family_id, region_code, amount: those in as it is) and `what_after` (the same with outcome, failed,
 * missing, place, taken: those in or waiting as it would be, and those of before) are temporary tables of this transaction.
 */
export type Tried = {
  base: Base
  definition: RuleDefinition
  /** the region looked at, within the base's */
  region: string
  /** The rule asks about health what the one before did not: nobody is shown, and no small count. */
  hidden: boolean
  /** whether there is any active family where the programme runs */
  anyFamilies: boolean
}

/**
 * Works out who would enter and leave if the rule, the decile limit or the quota were another, before anybody decides, and gives it to `tell`.
 * Nothing of it is kept but that it was asked and why. Throws `what_if_too_long` (409) where the question takes longer than its term.
 */
export async function tryOut<T>(
  db: Db,
  actor: Actor,
  given: WhatIf & { side?: string },
  tell: (tx: Tx, tried: Tried) => Promise<T>,
): Promise<T> {
  const reason = cleanLine(given.reason)
  await db.as(actor, async (tx) => {
    const base = await baseOf(tx, actor, given)
    const asked = {
      decileLimit: given.decileLimit ?? null,
      quota: given.quota ?? null,
      rule: given.rule !== undefined,
      ...(given.side !== undefined && { side: given.side, region: given.region ?? base.region_code }),
    }
    await sql`select record_act('what_if', 'determination', ${base.list?.id ?? base.code}, ${base.region_code},
      ${JSON.stringify(asked)}::jsonb, ${reason})`.execute(tx)
  })
  try {
    return await db.as(actor, async (tx) => {
      const base = await baseOf(tx, actor, given)
      return withinAsSystem(tx, `what if: ${reason}`, async (system) =>
        tell(system, await work(system, actor, base, given)),
      )
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === '57014') throw conflict('what_if_too_long')
    throw error
  }
}

async function baseOf(tx: Tx, actor: Actor, given: WhatIf): Promise<Base> {
  if (given.determinationId) {
    const list = await getMade(tx, given.determinationId)
    const owned = { owner: list.owner, programmeRegion: list.programme_region }
    authorizeMake(actor, owned, list.region_code)
    return { ...owned, ...list, list, code: list.programme_code }
  }
  const { programmeCode: code, regionCode } = given
  if (!code) throw invalid({ field: 'programmeCode', code: 'required' })
  if (!regionCode) throw invalid({ field: 'regionCode', code: 'required' })
  const day = given.asOf ?? today(actor.at)
  if (day > today(actor.at) || day < '2000-01-01') throw invalid({ field: 'asOf', code: 'invalid' })
  const version: VersionRow | undefined =
    given.version === undefined ? await versionInForce(tx, code, day) : await getVersion(tx, code, given.version)
  const programme = await tx.selectFrom('programme').select('region_code').where('code', '=', code).executeTakeFirst()
  if (!version || !programme) throw invalid({ field: 'programmeCode', code: 'determination_not_in_force' })
  const region = await tx.selectFrom('region').select('code').where('code', '=', regionCode).executeTakeFirst()
  if (!region) throw notFound('region')
  const owned = { owner: version.owner, programmeRegion: programme.region_code }
  authorizeMake(actor, owned, regionCode)
  const { rule, regions, regions_without } = version
  return {
    ...owned,
    list: null,
    code,
    rule,
    regions,
    regions_without,
    region_code: regionCode,
    as_of: day,
    known_at: actor.at,
    quota: null,
  }
}

const DECILE = /family\.decile\s*<=?\s*([0-9]{1,2})\b/

/** The rule with another decile limit: in each condition that has one, with its name, else as a condition of its own. */
export function withDecileLimit(rule: RuleDefinition, limit: number): RuleDefinition {
  let found = false
  const conditions = rule.conditions.map((one) => {
    const [, old] = DECILE.exec(one.cel) ?? []
    if (old === undefined) return one
    found = true
    const named = (text: string) => text.replace(new RegExp(`\\b${old}\\b`), String(limit))
    const cel = one.cel.replace(new RegExp(DECILE, 'g'), `family.decile <= ${limit}`)
    return { ...one, name: named(one.name), nameEn: named(one.nameEn), cel }
  })
  if (found) return { ...rule, conditions }
  const code = conditions.some((one) => one.code === 'decile') ? 'decile_limit' : 'decile'
  const name = { name: `Desil 1 sampai ${limit}`, nameEn: `Decile 1 to ${limit}` }
  return { ...rule, conditions: [...conditions, { code, ...name, cel: `family.decile <= ${limit}` }] }
}

function changedRule(base: Base, given: WhatIf): RuleDefinition {
  if (given.rule !== undefined && !Value.Check(RuleDefinition, given.rule))
    throw invalid({ field: 'rule', code: 'invalid' })
  const rule = given.rule === undefined ? base.rule : (given.rule as RuleDefinition)
  return given.decileLimit === undefined ? rule : withDecileLimit(rule, given.decileLimit)
}

async function work(tx: Tx, actor: Actor, base: Base, given: WhatIf): Promise<Tried> {
  const region = given.region ?? base.region_code
  if (!isWithin(region, base.region_code)) throw notFound('region')
  const seconds = await determinationTerm(tx, 'what_if', actor.at)
  await sql.raw(`set local statement_timeout = '${seconds}s'`).execute(tx)
  const forms = await questionnairesOn(tx, base.as_of)
  const was = readRule(base.rule, forms)
  const definition = changedRule(base, given)
  const rule = readRule(definition, forms)
  const quota = given.quota === undefined ? base.quota : given.quota
  const source = await sourceOf(tx, base, base.list ? undefined : today(actor.at))
  const before = base.list
    ? sql`select family_id, region_code, amount from determination_result where determination_id = ${base.list.id} and outcome = 'in'`
    : sql`select family_id, region_code, amount from (${chosen(was, base, source, base.quota, sql<boolean>`false`)}) c where taken`
  await sql`create temporary table what_before on commit drop as ${before}`.execute(tx)
  // Of those who would leave, why: they are asked also where they are out.
  const stays = sql<boolean>`s.family_id in (select family_id from what_before)`
  await sql`create temporary table what_after on commit drop as ${chosen(rule, base, source, quota, stays)}`.execute(tx)
  const asksHealth = (of: RuleDefinition) => readRule(of, forms).sealed
  const family = sql.table(source.tables === 'now' ? 'family' : source.tables.family)
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from ${family} s where s.region_code >= ${source.from} and s.region_code < ${source.to} and s.status = 'active'
      and ${runsThere(base)}) as found`.execute(tx)
  return {
    base,
    definition,
    region,
    hidden: rule.sealed && asksMore(base.rule, definition, asksHealth),
    anyFamilies: rows[0]?.found ?? false,
  }
}

/** Whether a rule asks about health anything the one before does not ask in the same words. */
export function asksMore(
  before: RuleDefinition,
  now: RuleDefinition,
  asksHealth: (of: RuleDefinition) => boolean,
): boolean {
  const none: RuleDefinition = { conditions: [], components: [], limits: {}, ranking: [] }
  const partsOf = (of: RuleDefinition): [string, RuleDefinition][] => [
    ...of.conditions.map((one): [string, RuleDefinition] => [one.cel, { ...none, conditions: [one] }]),
    ...of.components.map((one): [string, RuleDefinition] => [
      `${one.per} ${one.when} ${one.amount} ${one.most}`,
      { ...none, components: [one] },
    ]),
    ...of.ranking.map((one): [string, RuleDefinition] => [one.cel, { ...none, ranking: [one] }]),
  ]
  const known = new Set(partsOf(before).map(([text]) => text))
  return partsOf(now).some(([text, alone]) => !known.has(text) && asksHealth(alone))
}

/** The families a rule lets in (`taken`) or lets wait, in the regions of the programme, and those besides that are asked for. */
function chosen(
  rule: Rule,
  base: Base,
  source: RuleSource,
  quota: number | null,
  besides: RawBuilder<boolean>,
): RawBuilder<unknown> {
  const order = rule.order === '' ? sql`family_id` : sql`${sql.raw(rule.order)}, family_id`
  const elsewhere = base.list
    ? sql`and not exists (select from (${entitledElsewhere(base.list)}) e where e.family_id = s.family_id)
        and not exists (select from determination_hold h where h.determination_id = ${base.list.id} and h.family_id = s.family_id and h.decision = 'hold')`
    : sql``
  return sql`
    select family_id, region_code, amount, outcome, failed, missing, place,
      outcome = 'in' and (${quota}::bigint is null or place <= ${quota}::bigint) as taken
    from (select s.*, row_number() over (partition by outcome order by ${order}) as place from (${rule.select(source)}) s
      where ${runsThere(base)} and (outcome <> 'out' or ${besides}) ${elsewhere}) c`
}
