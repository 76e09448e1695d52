import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { heldThen, requireOpening, seenOf } from '#src/people/register/index.ts'
import type { FamilyState, PersonState, SealedState } from '#src/people/register/index.ts'
import type { DatedFacts, FactsSince, FamilyFacts, MemberFacts } from './facts.ts'

type Version<State> = { valid_from: string; valid_to: string; state: State }
type Row = {
  family: Version<FamilyState>[]
  members: { id: string; states: Version<PersonState>[]; sealed: Version<SealedState>[] }[] | null
  programmes: { code: string; since: string }[] | null
}

/**
 * What a rule may look at of a family one has opened, as it was on a day, as it is believed now; with the day each fact holds since.
 * Throws 404 when it is not the actor's to see or did not exist then, 403 `open_first` before it was opened.
 */
export async function readFacts(tx: Tx, actor: Actor, familyId: string, asOf: string): Promise<DatedFacts> {
  await requireOpening(tx, actor, familyId)
  const seen = await seenOf(tx, actor, { on: asOf })
  // All that is believed of them until that day: since when a fact holds shows in the versions before.
  const version = sql`json_build_object('valid_from', v.valid_from, 'valid_to', v.valid_to, 'state', v.state) order by v.valid_from desc`
  const until = sql<boolean>`v.known_to = 'infinity' and v.valid_from <= ${asOf}::date`
  const { rows } = await sql<Row>`
    select (select coalesce(json_agg(${version}), '[]') from family_version v where v.family_id = ${familyId} and ${until}) as family,
      (select json_agg(json_build_object('id', m.person_id,
          'states', (select json_agg(${version}) from person_version v where v.person_id = m.person_id and ${until}),
          'sealed', (select coalesce(json_agg(${version}), '[]') from person_sealed_version v where v.person_id = m.person_id and ${until})) order by m.person_id)
        from (select v.person_id from person_version v
          where v.family_id = ${familyId} and ${heldThen(seen)} and v.state ->> 'status' = 'active') m) as members,
      (select json_agg(json_build_object('code', a.programme_code, 'since', a.since) order by a.programme_code)
        from (select programme_code, min(period_from) as since from assistance
          where family_id = ${familyId} and period_from <= ${asOf}::date and (period_to is null or period_to >= ${asOf}::date)
          group by programme_code) a) as programmes`.execute(tx)
  const [row] = rows
  const family = row && holding(row.family, asOf)
  if (!row || !family) throw notFound('family')

  const since: Record<string, string> = {}
  const facts: FamilyFacts = {
    family: {
      ...picked(family.state, ['decile', 'decileSource', 'decilePeriod', 'checkedOn']),
      region: family.state.regionCode,
      status: family.state.status,
      programmes: (row.programmes ?? []).map((one) => one.code),
      answers: family.state.answers,
    },
    members: (row.members ?? []).map(({ id, states, sealed }): MemberFacts => {
      const state = holding(states, asOf)?.state
      const health = holding(sealed, asOf)?.state
      Object.assign(since, sinceOf(id, states, asOf), sinceOf(id, sealed, asOf, 'health'))
      for (const field of ['age', 'ageMonths'])
        if (since[`${id}.birthDate`] !== undefined) since[`${id}.${field}`] = since[`${id}.birthDate`] ?? ''
      return {
        id,
        ...picked(state, ['birthDate', 'sex', 'relationship', 'maritalStatus', 'schooling', 'schoolLevel', 'work']),
        ...picked(health, ['pregnant']),
        ppks: [...(state?.ppks ?? []), ...(health?.ppks ?? [])],
        disabilities: health?.disabilities ?? [],
        chronicIllnesses: health?.chronicIllnesses ?? [],
        answers: state?.answers ?? {},
        health: health?.answers ?? {},
        isHead: family.state.headId === id,
        isPayee: family.state.payeeId === id,
      }
    }),
  }
  Object.assign(since, sinceOf('family', row.family, asOf))
  const started = (row.programmes ?? [])
    .map((one) => one.since)
    .sort()
    .at(-1)
  if (started !== undefined) since['family.programmes'] = started
  for (const [field, id] of [
    ['isHead', 'headId'],
    ['isPayee', 'payeeId'],
  ] as const)
    for (const member of facts.members) {
      const day = since[`family.${id}`]
      if (day !== undefined) since[`${member.id ?? ''}.${field}`] = day
    }
  return { facts, since }
}

const holding = <State>(versions: readonly Version<State>[], asOf: string): Version<State> | undefined =>
  versions.find((one) => one.valid_from <= asOf && (one.valid_to === 'infinity' || asOf < one.valid_to))

const picked = <State extends object, Field extends keyof State>(
  state: State | undefined,
  fields: readonly Field[],
): Partial<Pick<State, Field>> =>
  Object.fromEntries(
    fields.flatMap((field) => (state?.[field] === undefined ? [] : [[field, state[field]]])),
  ) as Partial<Pick<State, Field>>

/** For each fact on the day, the first day from which on it never was another; versions from the latest back. */
function sinceOf(owner: string, versions: readonly Version<object>[], asOf: string, answers = 'answers'): FactsSince {
  const now = versions.findIndex(
    (one) => one.valid_from <= asOf && (one.valid_to === 'infinity' || asOf < one.valid_to),
  )
  if (now < 0) return {}
  const flat = versions
    .slice(now)
    .map((one) => ({ ...one, facts: flattened(one.state as Record<string, unknown>, answers) }))
  const since: Record<string, string> = {}
  for (const [field, value] of Object.entries(flat[0]?.facts ?? {})) {
    let from = flat[0]?.valid_from ?? asOf
    for (const [index, one] of flat.entries()) {
      if (index > 0 && (one.valid_to !== flat[index - 1]?.valid_from || one.facts[field] !== value)) break
      from = one.valid_from
    }
    since[`${owner}.${renamed[field] ?? field}`] = from
  }
  return since
}
const renamed: Readonly<Record<string, string>> = { regionCode: 'region' }

function flattened(state: Record<string, unknown>, answers: string): Record<string, string> {
  const { answers: given, ...rest } = state
  return Object.fromEntries([
    ...Object.entries(rest).map(([field, value]) => [field, JSON.stringify(value)]),
    ...Object.entries((given ?? {}) as object).map(([question, value]) => [
      `${answers}.${question}`,
      JSON.stringify(value),
    ]),
  ])
}
