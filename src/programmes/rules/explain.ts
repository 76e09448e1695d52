import { isCelList, isCelMap } from '@bufbuild/cel'
import { type Bindings, bindingsOf, PLACE } from './bindings.ts'
import { evaluator, type Names, runner } from './evaluate.ts'
import type { DatedFacts, Field } from './facts.ts'
import { type CheckedRule, type Part, partsOf } from './part.ts'
import type { Explained, ExplainedPart } from './schema.ts'

/** Parts of one expression told at most: members asked about members grow fast. */
const MOST_PARTS = 1500

/** The rule with what each part came to, for one family. */
export function explainer(rule: CheckedRule, fields: readonly Field[]): (dated: DatedFacts, asOf: string) => Explained {
  const answer = evaluator(rule, fields)
  return (dated, asOf) => {
    const bindings = bindingsOf(dated.facts, fields, asOf)
    const found = answer(dated.facts, asOf)
    const tree = (part: Part, text: string, m?: number) => treeOf(part, text, bindings, dated, m)
    return {
      asOf,
      answer: found,
      conditions: rule.conditions.map(({ of: { code, name, nameEn, cel }, part }) => ({
        code,
        name,
        nameEn,
        tree: tree(part, cel),
      })),
      components: rule.components.map(({ of, when, amount }) => {
        const asked = of.per === 'family' ? [undefined] : bindings.members.map((_, place) => place)
        return {
          code: of.code,
          name: of.name,
          nameEn: of.nameEn,
          asked: asked.map((place) => {
            const id = place === undefined ? undefined : dated.facts.members[place]?.id
            const personId = place === undefined ? null : (id ?? String(place))
            const counted =
              found.parts.find((one) => one.component === of.code && one.personId === personId)?.amount ?? 0
            const whenTree = tree(when, of.when, place)
            const applies = whenTree[0]?.value === true
            return {
              ...(id !== undefined && { personId: id }),
              ...(place !== undefined && { member: place }),
              counted,
              when: whenTree,
              ...(applies && { amount: tree(amount, of.amount, place) }),
            }
          }),
        }
      }),
    }
  }
}

function treeOf(whole: Part, text: string, bindings: Bindings, dated: DatedFacts, member?: number): ExplainedPart[] {
  const told: ExplainedPart[] = []
  const m = member === undefined ? undefined : bindings.members[member]
  tell(whole, 0, { ...bindings, ...(m && { m }) }, member, false)
  return told

  function tell(part: Part, depth: number, names: Names, about: number | undefined, skipped: boolean): void {
    if (told.length >= MOST_PARTS) return
    const result = skipped ? undefined : runner(part)(names)
    const value = result === undefined ? undefined : shown(result)
    const id = about === undefined ? undefined : dated.facts.members[about]?.id
    told.push({
      depth,
      from: part.from,
      to: part.to,
      text: text.slice(part.from, part.to),
      state: skipped ? 'skipped' : value === undefined ? 'missing' : 'value',
      ...(value !== undefined && { value }),
      ...(id !== undefined && { personId: id }),
      ...(about !== undefined && { member: about }),
      ...lookedAt(part, names),
    })
    if (part.kind === 'macro') return loop(part, depth, names, about, skipped)
    for (const one of partsOf(part)) {
      if (one.kind === 'literal') continue
      const other = part.kind === 'choice' && one !== part.test && !taken(part, one, names)
      tell(one, depth + 1, names, about, skipped || other)
    }
  }

  /** A loop: what it goes through, then its question to each. */
  function loop(
    part: Part & { kind: 'macro' },
    depth: number,
    names: Names,
    about: number | undefined,
    skipped: boolean,
  ): void {
    if (part.list.kind !== 'members') tell(part.list, depth + 1, names, about, skipped)
    const items = skipped ? undefined : runner(part.list)(names)
    if (!isCelList(items)) return
    for (const item of items) {
      const place = isCelMap(item) ? Number(item.get(PLACE)) : about
      const inner = { ...names, [part.variable]: item }
      if (part.where) tell(part.where, depth + 1, inner, place, false)
      const passes = !part.where || runner(part.where)(inner) === true
      tell(part.body, depth + 1, inner, place, !passes)
    }
  }

  /** The field a part reads, and since when it holds. */
  function lookedAt(part: Part, names: Names): Pick<ExplainedPart, 'field' | 'since'> {
    if (part.kind !== 'field' && part.kind !== 'has') return {}
    const field = `${part.field.of}.${part.field.name}`
    const person = names[part.of]
    const place =
      part.of === 'family' ? undefined : Number(isCelMap(person) || person instanceof Map ? person.get(PLACE) : -1)
    const owner = place === undefined ? 'family' : (dated.facts.members[place]?.id ?? String(place))
    const since = dated.since[`${owner}.${part.field.name}`]
    return { field, ...(since !== undefined && { since }) }
  }
}

const taken = (part: Part & { kind: 'choice' }, one: Part, names: Names): boolean =>
  runner(part.test)(names) === (one === part.yes)

/** As JSON: whole numbers as numbers, lists of single values as lists, of people as how many they are. */
function shown(value: unknown): ExplainedPart['value'] {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'boolean' || typeof value === 'string') return value
  if (!isCelList(value)) return undefined
  const items = [...value]
  if (items.some(isCelMap)) return items.length
  return items.map((one) => (typeof one === 'bigint' ? Number(one) : String(one)))
}
