import { type RawBuilder, sql } from 'kysely'
import { Value } from 'typebox/value'
import { type Actor, type Db, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { questionnairesOn } from '#src/people/register/index.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { getVersion, today, versionInForce, type VersionRow } from '../catalogue/versions.ts'
import { readRule, type Rule, RuleDefinition, type RuleSource } from '../rules/index.ts'
import { getMade, type ListRow } from './list.ts'
import { authorizeMake, type Owned } from './policy.ts'
import { maskedHeads, pathOf, widthBeneath } from './results.ts'
import { entitledElsewhere, runsThere, sourceOf } from './run.ts'
import type { WhatIf, WhatIfAnswer } from './schema.ts'
import { determinationTerm } from './term.ts'

const SAMPLES = 10

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
 * Who would enter and leave if the rule, the decile limit or the quota were another, before anybody decides. Nothing of it is kept but that it was
 * asked and why. Throws `what_if_too_long` (409) where the question takes longer than its term.
 */
export async function whatIf(db: Db, actor: Actor, given: WhatIf): Promise<WhatIfAnswer> {
  const reason = cleanLine(given.reason)
  await db.as(actor, async (tx) => {
    const base = await baseOf(tx, actor, given)
    await sql`select record_act('what_if', 'determination', ${base.list?.id ?? base.code}, ${base.region_code},
      ${JSON.stringify({ decileLimit: given.decileLimit ?? null, quota: given.quota ?? null, rule: given.rule !== undefined })}::jsonb, ${reason})`.execute(
      tx,
    )
  })
  try {
    return await db.as(actor, async (tx) => {
      const base = await baseOf(tx, actor, given)
      return withinAsSystem(tx, `what if: ${reason}`, (system) => ask(system, actor, base, given))
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

/** The rule with another decile limit: in each condition that has one, else as a condition of its own. */
export function withDecileLimit(rule: RuleDefinition, limit: number): RuleDefinition {
  let found = false
  const conditions = rule.conditions.map((one) => {
    const cel = one.cel.replace(/family\.decile\s*<=?\s*[0-9]{1,2}\b/g, `family.decile <= ${limit}`)
    found ||= /family\.decile\s*<=?\s*[0-9]{1,2}\b/.test(one.cel)
    return { ...one, cel }
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

async function ask(tx: Tx, actor: Actor, base: Base, given: WhatIf): Promise<WhatIfAnswer> {
  const seconds = await determinationTerm(tx, 'what_if', actor.at)
  await sql.raw(`set local statement_timeout = '${seconds}s'`).execute(tx)
  const forms = await questionnairesOn(tx, base.as_of)
  const was = readRule(base.rule, forms)
  const rule = readRule(changedRule(base, given), forms)
  const quota = given.quota === undefined ? base.quota : given.quota
  const source = await sourceOf(tx, base, today(actor.at))
  const before = base.list
    ? sql`select family_id, region_code, amount from determination_result where determination_id = ${base.list.id} and outcome = 'in'`
    : sql`select family_id, region_code, amount from (${chosen(was, base, source, base.quota)}) c where taken`
  await sql`create temporary table what_before on commit drop as ${before}`.execute(tx)
  await sql`create temporary table what_after on commit drop as ${chosen(rule, base, source, quota)}`.execute(tx)
  const sealed = rule.sealed && !was.sealed
  return answer(tx, actor, base, given.region ?? base.region_code, sealed)
}

/** The families a rule lets in (`taken`) or lets wait, in the regions of the programme. */
function chosen(rule: Rule, base: Base, source: RuleSource, quota: number | null): RawBuilder<unknown> {
  const order = rule.order === '' ? sql`family_id` : sql`${sql.raw(rule.order)}, family_id`
  const elsewhere = base.list
    ? sql`and not exists (select from (${entitledElsewhere(base.list)}) e where e.family_id = s.family_id)
        and not exists (select from determination_hold h where h.determination_id = ${base.list.id} and h.family_id = s.family_id and h.decision = 'hold')`
    : sql``
  return sql`
    select family_id, region_code, amount, outcome = 'in' and (${quota}::bigint is null or place <= ${quota}::bigint) as taken
    from (select s.*, row_number() over (partition by outcome order by ${order}) as place from (${rule.select(source)}) s
      where ${runsThere(base)} and outcome <> 'out' ${elsewhere}) c`
}

type Counted = {
  code: string
  before: number
  after: number
  entered: number
  gone: number
  changed: number
  waiting: number
  amount_before: number
  amount_after: number
}

async function answer(tx: Tx, actor: Actor, base: Base, region: string, sealed: boolean): Promise<WhatIfAnswer> {
  const counted = (of: RawBuilder<unknown>) => sql<Counted>`
    select ${of} as code, count(b.family_id) as before, count(*) filter (where a.taken) as after,
      count(*) filter (where a.taken and b.family_id is null) as entered, count(*) filter (where b.family_id is not null and a.taken is not true) as gone,
      count(*) filter (where a.taken and a.amount <> b.amount) as changed, count(*) filter (where not a.taken) as waiting,
      coalesce(sum(b.amount), 0)::bigint as amount_before, coalesce(sum(a.amount) filter (where a.taken), 0)::bigint as amount_after
    from what_before b full join what_after a using (family_id)`
  const { rows: whole } = await counted(sql`''`).execute(tx)
  const place = sql`coalesce(a.region_code, b.region_code)`
  const { rows } = await sql<Counted & { name: string; kind: WhatIfAnswer['region']['kind'] }>`
    select k.*, g.name, g.kind from (${counted(sql`left(${place}, ${sql.lit(widthBeneath(region))})`)}
      where ${place} >= ${region === '00' ? '00' : region} and ${place} < ${scopeEnd(region)} group by 1) k join region g on g.code = k.code order by k.code`.execute(
    tx,
  )
  const smallest = sealed ? await determinationTerm(tx, 'smallest_shown', actor.at) : 0
  // A rule that begins to ask about health must not tell of one family in a village whether it is so.
  const told = (n: number) => (n > 0 && n < smallest ? null : n)
  const all = whole[0]
  const path = await pathOf(tx, base.region_code, region)
  return {
    before: { in: all?.before ?? 0, amount: all?.amount_before ?? 0 },
    after: { in: all?.after ?? 0, waiting: all?.waiting ?? 0, amount: all?.amount_after ?? 0 },
    entered: all?.entered ?? 0,
    left: all?.gone ?? 0,
    changed: all?.changed ?? 0,
    region: path.at(-1) ?? { code: region, name: region, kind: 'negara' },
    children: rows.map((row) => {
      const entered = told(row.entered)
      const left = told(row.gone)
      const hidden = entered === null || left === null
      return {
        region: { code: row.code, name: row.name, kind: row.kind },
        before: row.before,
        after: hidden ? row.before : row.after,
        entered,
        left,
        amountBefore: row.amount_before,
        amountAfter: hidden ? row.amount_before : row.amount_after,
      }
    }),
    samples: sealed
      ? { entered: [], left: [] }
      : {
          entered: await samples(tx, sql`a.taken and b.family_id is null`),
          left: await samples(tx, sql`b.family_id is not null and a.taken is not true`),
        },
    samplesHidden: sealed,
  }
}

async function samples(tx: Tx, which: RawBuilder<unknown>): Promise<WhatIfAnswer['samples']['entered']> {
  const { rows } = await sql<{ family_id: string; name: string; amount: number }>`
    select family_id, g.name, coalesce(a.amount, b.amount) as amount from what_before b full join what_after a using (family_id)
    join region g on g.code = coalesce(a.region_code, b.region_code) where ${which} order by md5(family_id::text) limit ${SAMPLES}`.execute(
    tx,
  )
  const names = await maskedHeads(
    tx,
    rows.map((row) => row.family_id),
  )
  return rows.map((row) => ({ headName: names.get(row.family_id) ?? null, regionName: row.name, amount: row.amount }))
}
