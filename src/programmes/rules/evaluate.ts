import { type CelInput, celEnv, isCelError, plan } from '@bufbuild/cel'
import { bindingsOf } from './bindings.ts'
import type { AmountPart, RuleAnswer } from './definition.ts'
import type { FamilyFacts, Field } from './facts.ts'
import type { CheckedRule, Part } from './part.ts'

/* A rule asked of one family, by the evaluator of @bufbuild/cel: the same answer as the statement gives (statement.ts). */

const environment = celEnv()
/** What names stand for; CelInput is also what loops give back. */
export type Names = Record<string, CelInput>
type Outcome = ReturnType<ReturnType<typeof plan>>
type Run = (names: Names) => Outcome | undefined

/** What a part comes to; undefined: it cannot be told, data is absent. */
export function runner(part: Part): Run {
  let planned: ReturnType<typeof plan> | undefined
  return (names) => {
    planned ??= plan(environment, part.expr)
    const result = planned(names)
    return isCelError(result) ? undefined : result
  }
}

/** The rule as a function of the facts of a family and the day. */
export function evaluator(
  rule: CheckedRule,
  fields: readonly Field[],
): (facts: FamilyFacts, asOf: string) => RuleAnswer {
  const conditions = rule.conditions.map(({ part }) => runner(part))
  const components = rule.components.map(({ of, when, amount }) => ({ of, when: runner(when), amount: runner(amount) }))
  return (facts, asOf) => {
    const bindings = bindingsOf(facts, fields, asOf)
    let failed = 0
    let missing = 0
    for (const [index, run] of conditions.entries()) {
      const is = run(bindings)
      if (is === false) failed += 2 ** index
      else if (is !== true) missing += 2 ** index
    }
    // Who is not in the register is not considered by any run.
    const outcome = failed > 0 || facts.family.status !== 'active' ? 'out' : missing > 0 ? 'waiting' : 'in'
    const none = { outcome, failed, missing, amount: 0, persons: 0, unsure: 0, parts: [] } as const
    if (outcome !== 'in') return { ...none, parts: [] }

    let unsure = 0
    const ofFamily: AmountPart[] = []
    const ofPersons: Counted[][] = []
    for (const [index, { of, when, amount }] of components.entries()) {
      const ask = (names: Names): number => {
        const applies = when(names)
        const rupiah = applies === true ? amount(names) : 0n
        if (applies === undefined || rupiah === undefined) unsure |= 2 ** index
        return Number(rupiah ?? 0n)
      }
      if (of.per === 'family') {
        const rupiah = ask(bindings)
        if (rupiah > 0) ofFamily.push({ component: of.code, personId: null, amount: rupiah })
        continue
      }
      const each = bindings.members.map((m, place) => ({ component: of.code, place, amount: ask({ ...bindings, m }) }))
      const counts = each.filter((one) => one.amount > 0)
      ofPersons.push(most(counts, of.most, (one) => one.place))
    }
    const byPerson = Map.groupBy(ofPersons.flat(), (one) => one.place)
    const totals = [...byPerson].map(([place, list]) => ({
      place,
      list,
      amount: list.reduce((sum, one) => sum + one.amount, 0),
    }))
    const persons = most(totals, rule.persons, (one) => one.place)
    const parts = [
      ...ofFamily,
      ...persons.flatMap(({ list }) =>
        list.map(({ component, place, amount }) => ({
          component,
          personId: facts.members[place]?.id ?? String(place),
          amount,
        })),
      ),
    ]
    return {
      ...none,
      amount: parts.reduce((sum, one) => sum + one.amount, 0),
      persons: persons.length,
      unsure,
      parts,
    }

    /** So many at most: the highest amounts first, then by the id of the person. */
    function most<One extends { amount: number }>(
      list: One[],
      limit: number | undefined,
      placeOf: (one: One) => number,
    ): One[] {
      if (limit === undefined || list.length <= limit) return list
      const idOf = (one: One) => facts.members[placeOf(one)]?.id ?? String(placeOf(one)).padStart(4, '0')
      return list.toSorted((a, b) => b.amount - a.amount || (idOf(a) < idOf(b) ? -1 : 1)).slice(0, limit)
    }
  }
}
type Counted = { component: string; place: number; amount: number }
