import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { abilities, fieldDifferences, getProgramme, owns, placeOf, today } from '../catalogue/index.ts'
import type { Definition } from './definition.ts'
import { definitionFaults } from './faults.ts'
import { staffNames } from './list.ts'
import { type DraftRow, findPlanDraft, obstaclesOf } from './plan-drafts.ts'
import type { Example, PlanCatalogue, PlanCheck, PlanList, PlanPage } from './schema-plans.ts'
import { tryExample } from './trial.ts'

type Row = Omit<DraftRow, 'made_by' | 'made_at'> & {
  made_by: string | null
  published_by: string | null
  published_at: Date | null
  ends_on: string | null
  end_reason: string | null
  ended_by: string | null
}
type Names = Map<string, string>
const nameIn = (names: Names, id: string | null) => (id === null ? null : (names.get(id) ?? null))

const briefOf = (row: Row, names: Names, current: string | undefined) => ({
  validFrom: row.valid_from,
  verified: row.verified,
  source: row.source,
  madeBy: nameIn(names, row.made_by),
  publishedBy: nameIn(names, row.published_by),
  publishedAt: row.published_at?.toISOString() ?? null,
  inForce: row.valid_from === current,
  endsOn: row.ends_on,
})
const draftOf = (row: DraftRow, names: Names) => ({
  validFrom: row.valid_from,
  madeBy: nameIn(names, row.made_by),
  madeAt: row.made_at.toISOString(),
})
const namesOf = (
  tx: Tx,
  rows: readonly { made_by: string | null; published_by?: string | null; ended_by?: string | null }[],
) =>
  staffNames(
    tx,
    rows.flatMap((one) => [one.made_by, one.published_by ?? null, one.ended_by ?? null]),
  )

/** The latest first. */
async function rowsOf(tx: Tx, code?: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select s.*, e.ends_on, e.reason as end_reason, e.made_by as ended_by
    from service_plan s left join service_plan_end e using (programme_code, valid_from)
    where ${code === undefined ? sql`true` : sql`s.programme_code = ${code}`} order by s.programme_code, s.valid_from desc`.execute(
    tx,
  )
  return rows
}
const inForce = (rows: readonly Row[], day: string) =>
  rows.find((one) => one.valid_from <= day && (one.ends_on === null || one.ends_on > day))?.valid_from

/** Programmes with a plan or a draft of one, by name, and those of one's own that have none yet. */
export async function readPlans(tx: Tx, actor: Actor): Promise<PlanCatalogue> {
  const plans = Map.groupBy(await rowsOf(tx), (one) => one.programme_code)
  const { rows: drafts } = await sql<DraftRow>`select * from service_plan_draft`.execute(tx)
  const { rows: programmes } = await sql<{ code: string; name: string; region_code: string; region_name: string }>`
    select p.code, p.name, p.region_code, coalesce(r.name, p.region_code) as region_name
    from programme p left join region r on r.code = p.region_code order by p.name, p.code`.execute(tx)
  const names = await namesOf(tx, [...[...plans.values()].flat(), ...drafts])
  const day = today(actor.at)
  const begun = programmes.filter(
    (one) => plans.has(one.code) || drafts.some((each) => each.programme_code === one.code),
  )
  return {
    items: begun.map((one) => {
      const rows = plans.get(one.code) ?? []
      const current = inForce(rows, day)
      const row = rows.find((each) => each.valid_from === current)
      const draft = drafts.find((each) => each.programme_code === one.code)
      return {
        code: one.code,
        name: one.name,
        region: { code: one.region_code, name: one.region_name },
        versions: rows.length,
        inForce: row ? briefOf(row, names, current) : null,
        draft: draft ? draftOf(draft, names) : null,
      }
    }),
    without: programmes
      .filter((one) => !begun.includes(one) && owns(actor, one.region_code))
      .map(({ code, name }) => ({ code, name })),
  }
}

/** The plans of a programme, the latest first, and its draft. */
export async function listPlans(tx: Tx, actor: Actor, code: string): Promise<PlanList> {
  const programme = await getProgramme(tx, code)
  const rows = await rowsOf(tx, code)
  const draft = await findPlanDraft(tx, code)
  const names = await namesOf(tx, [...rows, ...(draft ? [draft] : [])])
  const current = inForce(rows, today(actor.at))
  return {
    code,
    name: programme.name,
    region: await placeOf(tx, programme.region_code),
    items: rows.map((one) => briefOf(one, names, current)),
    draft: draft ? draftOf(draft, names) : null,
    can: !draft && owns(actor, programme.region_code) ? ['draft'] : [],
  }
}

/** One plan of a programme: the one that begins on a day, or the draft. */
export async function readPlan(tx: Tx, actor: Actor, code: string, which: string, locale: Locale): Promise<PlanPage> {
  const programme = await getProgramme(tx, code)
  const rows = await rowsOf(tx, code)
  const draft = which === 'draft' ? await findPlanDraft(tx, code) : undefined
  const row =
    which === 'draft'
      ? draft && { ...draft, published_by: null, published_at: null, ends_on: null, end_reason: null, ended_by: null }
      : rows.find((one) => one.valid_from === which)
  if (!row) throw notFound('service_plan')
  const before = rows.find((one) => (draft ? true : one.valid_from < row.valid_from))
  const { rows: open } = await sql<{ n: number }>`
    select count(*)::int as n from service_case where programme_code = ${code} and plan_from = ${row.valid_from}::date and closed_at is null`.execute(
    tx,
  )
  const names = await namesOf(tx, [row])
  const day = today(actor.at)
  return {
    code,
    name: programme.name,
    ...briefOf(row, names, draft ? undefined : inForce(rows, day)),
    state: draft ? 'draft' : 'published',
    madeAt: draft?.made_at.toISOString() ?? null,
    definition: row.definition,
    examples: row.examples,
    ...checkPlan(row.definition, row.examples, locale),
    ended: row.ends_on === null ? null : { by: nameIn(names, row.ended_by), reason: row.end_reason ?? '' },
    // What counts on the day it is taken back, or would if it were taken back today.
    instead: draft
      ? null
      : (inForce(
          rows.filter((one) => one !== row),
          [row.ends_on ?? day, row.valid_from].reduce((a, b) => (a > b ? a : b)),
        ) ?? null),
    cases: draft ? 0 : (open[0]?.n ?? 0),
    before: before?.valid_from ?? null,
    differences: before ? fieldDifferences(fieldsOf(before), fieldsOf(row)) : [],
    can: abilities(actor, {
      programmeRegion: programme.region_code,
      state: draft ? 'draft' : 'published',
      madeBy: row.made_by,
    }).filter((one) => one !== 'end' || row.ends_on === null),
    obstacles: draft ? await obstaclesOf(tx, actor, draft) : [],
  }
}

const fieldsOf = (row: Pick<Row, 'valid_from' | 'verified' | 'source' | 'definition'>) => ({
  validFrom: row.valid_from,
  verified: row.verified,
  source: row.source,
  ...row.definition,
})

/** What is wrong with a plan, in the reader's language, and what it makes of its examples; those are tried once nothing is. */
export function checkPlan(definition: Definition, examples: readonly Example[], locale: Locale): PlanCheck {
  const faults = definitionFaults(definition)
  return {
    faults: faults.map(({ field, code, params }) => ({
      field,
      code,
      message: sentence(`field_${code}`, locale, params ?? {}),
    })),
    tried: examples.map((one) => (faults.length > 0 ? null : tryExample(definition, one))),
  }
}
