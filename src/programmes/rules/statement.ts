import { quoted, tableOf } from './columns.ts'
import { condition, value } from './expression.ts'
import type { CheckedRule, Part } from './part.ts'
import type { Loop, Loops, Place } from './place.ts'
import { looksAtSealed } from './rows.ts'
import type { RuleSource } from './rule.ts'

/*
 * One statement for a whole set of families:
 *
 *   p, s  each person, with what the rule asks of them as columns
 *   g     one row for each family: what is asked of its members, added up in one pass over all of them
 *   x     the family beside g: each condition true, false, or neither; amounts; ranking
 *
 * Loops in loops are correlated subqueries. Amounts under a limit of persons are counted one by one only for the families that exceed it.
 */

const MOST_INTEGER = 2_147_483_647

export function statement(rule: CheckedRule, source: RuleSource, options: { unsure?: boolean } = {}): string {
  const next = { alias: 0, work: 0 }
  const people = peopleOf(source)
  const family: Place = { source, family: 'f', familyId: 'f.id', names: new Map(), loops: people.loops, next }
  const begin = (place: Place): Place => {
    next.work = 0
    return place
  }
  const columns: string[] = ['f.id as family_id', 'f.region_code']

  const conditions = rule.conditions.map(({ part }, index) => {
    columns.push(`${condition(part, true, begin(family))} as t${index}`)
    if (!part.absent) return { yes: `x.t${index}`, no: `x.t${index} is not true`, absent: false }
    columns.push(`${condition(part, false, begin(family))} as f${index}`)
    return { yes: `x.t${index}`, no: `x.f${index}`, absent: true }
  })
  const bits = (of: (one: (typeof conditions)[number], bit: number) => string | undefined): string =>
    conditions.flatMap((one, index) => of(one, 2 ** index) ?? []).join(' + ') || '0'
  const failed = bits(({ no }, bit) => `case when ${no} then ${bit} else 0 end`)
  const missing = bits(({ yes, no, absent }, bit) =>
    absent ? `case when ${yes} or ${no} then 0 else ${bit} end` : undefined,
  )
  const isIn = conditions.map(({ yes }) => yes).join(' and ') || 'true'
  const isOut = conditions.map(({ no }) => no).join(' or ') || 'false'

  const ofFamily = rule.components.flatMap((one, index) => (one.of.per === 'family' ? [{ ...one, index }] : []))
  const ofPerson = rule.components.flatMap((one, index) => (one.of.per === 'person' ? [{ ...one, index }] : []))
  const amounts: string[] = []
  const unsure: string[] = []
  for (const { when, amount, index } of ofFamily) {
    columns.push(`${counted(when, amount, begin(family), false)} as a${index}`)
    amounts.push(`x.a${index}`)
    if (options.unsure && (when.absent || amount.absent)) {
      columns.push(`${untold(when, amount, begin(family))} as u${index}`)
      unsure.push(`case when x.u${index} then ${2 ** index} else 0 end`)
    }
  }
  let persons = '0'
  if (ofPerson.length > 0) {
    const person = people.place(family)
    const most = ofPerson.reduce((sum, { amount }) => sum + (amount.type.kind === 'int' ? amount.type.max : 0), 0)
    const narrow = most <= MOST_INTEGER
    const each = ofPerson.map(({ of, when, amount, index }) => {
      for (const part of [when, amount]) people.looksAt(part)
      return { index, most: of.most, counted: counted(when, amount, begin(person), narrow) }
    })
    const all = people.column(each.map((one) => one.counted).join(' + '))
    columns.push(`${people.aggregate(`sum(${all})`)} as total`)
    columns.push(`${people.aggregate(`count(*) filter (where ${all} > 0)`)} as persons`)
    const exceeded: string[] = []
    if (rule.persons !== undefined) exceeded.push(`x.persons > ${rule.persons}`)
    for (const one of each)
      if (one.most !== undefined) {
        columns.push(
          `${people.aggregate(`count(*) filter (where ${people.column(one.counted)} > 0)`)} as k${one.index}`,
        )
        exceeded.push(`x.k${one.index} > ${one.most}`)
      }
    for (const { when, amount, index } of ofPerson)
      if (options.unsure && (when.absent || amount.absent)) {
        columns.push(
          `${people.aggregate(`bool_or(${people.column(untold(when, amount, begin(person)))})`)} as u${index}`,
        )
        unsure.push(`case when x.u${index} then ${2 ** index} else 0 end`)
      }
    const one = (what: string) => `(select ${what} from ${people.counted(each, rule.persons)})`
    const limited = (easy: string, what: string) =>
      exceeded.length === 0 ? easy : `case when ${exceeded.join(' or ')} then ${one(what)} else ${easy} end`
    amounts.push(limited('coalesce(x.total, 0)', 'coalesce(sum(l.amount), 0)'))
    persons = limited('coalesce(x.persons, 0)', 'count(*)')
  }
  for (const [index, { part }] of rule.ranking.entries()) {
    const found = value(part, begin(family))
    columns.push(`${part.type.kind === 'text' ? `(${found}) collate "C"` : found} as r${index + 1}`)
  }

  const where = ["f.status = 'active'", ...rangeOf(source, 'f')]
  const ranks = rule.ranking.map((_, index) => `x.r${index + 1}`)
  return `select x.family_id, x.region_code,
  case when ${isOut} then 'out' when ${isIn} then 'in' else 'waiting' end as outcome,
  ${failed} as failed,
  ${missing} as missing,
  (case when ${isIn} then ${amounts.join(' + ') || '0'} else 0 end)::bigint as amount,
  (case when ${isIn} then ${persons} else 0 end)::smallint as persons${ranks.map((rank) => `,\n  ${rank}`).join('')}${
    options.unsure ? `,\n  case when ${isIn} then ${unsure.join(' + ') || '0'} else 0 end as unsure` : ''
  }
from (
  select ${columns.join(',\n    ')}
  from ${tableOf(source, 'family')} f${people.join()}
  where ${where.join(' and ')}
  offset 0) x`
}

/** `order by` over the columns of the statement. */
export const orderOf = (rule: CheckedRule): string =>
  rule.ranking.map(({ of }, index) => `r${index + 1} ${of.direction} nulls last`).join(', ')

/** What a component comes to: 0 where it does not apply or cannot be told. */
function counted(when: Part, amount: Part, place: Place, narrow: boolean): string {
  const number =
    narrow && amount.kind === 'literal'
      ? String(amount.value)
      : narrow
        ? `(${value(amount, place)})::integer`
        : value(amount, place)
  const found = amount.absent ? `coalesce(${number}, 0)` : number
  return `case when ${condition(when, true, place)} then ${found} else 0 end`
}
const untold = (when: Part, amount: Part, place: Place): string =>
  `(${condition(when, false, place)} or ${condition(when, true, place)}${
    amount.absent ? ` and (${value(amount, place)}) is not null` : ''
  }) is not true`

const rangeOf = ({ from, to }: RuleSource, alias: string): string[] => [
  ...(from > '00' ? [`${alias}.region_code >= ${quoted(from)}`] : []),
  ...(to < '~' ? [`${alias}.region_code < ${quoted(to)}`] : []),
]

/** All members of all families in one pass: columns of each person, added up by family. */
function peopleOf(source: RuleSource) {
  const columns = new Map<string, string>()
  const aggregates = new Map<string, string>()
  const needs = { family: false, sealed: false }
  const nameIn = (names: Map<string, string>, letter: string, text: string): string => {
    const known = names.get(text)
    if (known !== undefined) return known
    const name = `${letter}${names.size}`
    names.set(text, name)
    return name
  }
  const column = (text: string): string => `q.${nameIn(columns, 'c', text)}`
  const aggregate = (text: string): string => `g.${nameIn(aggregates, 'g', text)}`
  const from = (where: readonly string[]): string => {
    const sealed = needs.sealed ? ` left join ${tableOf(source, 'sealed')} s on s.person_id = p.id` : ''
    const family = needs.family ? ` join ${tableOf(source, 'family')} f on f.id = p.family_id` : ''
    return `${tableOf(source, 'person')} p${sealed}${family} where ${["p.status = 'active'", ...where].join(' and ')}`
  }
  const familyNeeded = () => {
    needs.family = true
  }

  const over = ({ sealed, passes, decided, ask }: Loop): string => {
    needs.sealed ||= sealed
    const filter = passes.length === 0 ? '' : ` filter (where ${column(`(${passes.join(' and ')})`)})`
    const sure = decided.map((one) => `coalesce(${aggregate(`bool_and(${column(`((${one}) is true)`)})`)}, true)`)
    const both = (found: string) => `(${[...sure, found].join(' and ')})`
    switch (ask.kind) {
      case 'any':
        return both(`coalesce(${aggregate(`bool_or(${column(ask.of)})${filter}`)}, false)`)
      case 'every':
        return both(`coalesce(${aggregate(`bool_and(${column(`((${ask.of}) is true)`)})${filter}`)}, true)`)
      case 'told': {
        // The same column answers both: whether it is true of one, and whether of one it cannot be told.
        const of = column(ask.of)
        const any = `coalesce(${aggregate(`bool_or(${of})${filter}`)}, false)`
        if (ask.is) return both(any)
        return both(`not ${any} and not coalesce(${aggregate(`bool_or(${of} is null)${filter}`)}, false)`)
      }
      case 'count': {
        const passing = [...passes, ...(ask.of === null ? [] : [ask.of])]
        const such = passing.length === 0 ? '' : ` filter (where ${column(`(${passing.join(' and ')})`)})`
        const count = `coalesce(${aggregate(`count(*)${such}`)}, 0)`
        return sure.length === 0 ? count : `(case when ${sure.join(' and ')} then ${count} end)`
      }
    }
  }
  const loops: Loops = { over, familyNeeded }

  return {
    loops,
    column,
    aggregate,
    /** Where an expression about one member `m` stands. */
    place(family: Place): Place {
      const { loops: _loops, ...rest } = family
      return { ...rest, familyId: 'p.family_id', familyNeeded, names: new Map([['m', { person: 'p', sealed: 's' }]]) }
    },
    looksAt(part: Part): void {
      needs.sealed ||= looksAtSealed(part, 'm')
    },
    join(): string {
      if (aggregates.size === 0) return ''
      const each = [...columns].map(([text, name]) => `${text} as ${name}`)
      const all = [...aggregates].map(([text, name]) => `${text} as ${name}`)
      return `
  left join (
    select q.family_id, ${all.join(',\n      ')}
    from (select ${['p.family_id', ...each].join(',\n        ')}
      from ${from(['p.family_id is not null', ...rangeOf(source, 'p')])}
      offset 0) q
    group by q.family_id) g on g.family_id = f.id`
    },
    /** The persons of family x who count, with their amounts, as l. */
    counted(each: readonly { most: number | undefined; counted: string }[], persons: number | undefined): string {
      const ranked = each.map(({ most, counted }, index) =>
        most === undefined
          ? `(${counted}) as c${index}, 1 as n${index}`
          : `(${counted}) as c${index}, row_number() over (order by (${counted}) desc, p.id) as n${index}`,
      )
      const kept = each.map(({ most }, index) =>
        most === undefined ? `c${index}` : `case when n${index} <= ${most} then c${index} else 0 end`,
      )
      const inner = `select p.id, ${ranked.join(', ')} from ${from(['p.family_id = x.family_id'])}`
      const limit = persons === undefined ? '' : ` order by l.amount desc, l.id limit ${persons}`
      return `(select l.amount from (select k.id, ${kept.join(' + ')} as amount from (${inner}) k) l where l.amount > 0${limit}) l`
    },
  }
}
