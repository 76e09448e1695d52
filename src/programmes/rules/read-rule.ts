import { conflict } from '#src/platform/http/problem.ts'
import { check, type Fields } from './check.ts'
import type { RuleDefinition, RuleFault } from './definition.ts'
import { readFrom } from './columns.ts'
import { evaluator } from './evaluate.ts'
import { explainer } from './explain.ts'
import { TooMuchSql } from './place.ts'
import { fieldsOf, type Forms } from './facts.ts'
import { type CheckedRule, type Part, within } from './part.ts'
import type { Rule } from './rule.ts'
import { orderOf, statement } from './statement.ts'
import { isSyntaxFault, readCel } from './syntax.ts'
import { sql } from 'kysely'

/** Rupiah of one component; so the sum over all components and members of a family stays far below 2^53. */
const MOST_AMOUNT = 1_000_000_000_000
const SAMPLE = { asOf: '2026-01-01', from: '00', to: '~', tables: 'now' } as const

/** Everything that is wrong with a rule, by the survey forms in force; nothing: it can be asked. */
export function checkRule(definition: RuleDefinition, forms: Forms): RuleFault[] {
  return checked(definition, forms).faults
}

/** A rule that can be asked of families. Throws the problem `rule_faulty` (409) when it has faults. */
export function readRule(definition: RuleDefinition, forms: Forms): Rule {
  const { rule, faults } = checked(definition, forms)
  if (!rule) throw conflict('rule_faulty', { faults: faults.length })
  const fields = fieldsOf(forms)
  return {
    select: (source, options) => sql.raw(statement(rule, source, options)),
    evaluate: evaluator(rule, fields),
    explain: explainer(rule, fields),
    columns: columnsOf(rule),
    sealed: partsOfRule(rule).some((part) => [...within(part)].some(looksAtSealed)),
    order: orderOf(rule),
  }
}

function checked(
  definition: RuleDefinition,
  forms: Forms,
): { rule: CheckedRule; faults: RuleFault[] } | { rule: undefined; faults: RuleFault[] } {
  const fields: Fields = new Map(fieldsOf(forms).map((field) => [`${field.of}.${field.name}`, field]))
  const faults: RuleFault[] = []
  const read = (at: string, text: string, person: boolean, ...kinds: Part['type']['kind'][]): Part | undefined => {
    const node = readCel(text)
    if (isSyntaxFault(node)) {
      const { from, to, code, values } = node
      faults.push({ at, from, to, code, values })
      return undefined
    }
    const { part, faults: found } = check(node, fields, person)
    faults.push(...found.map((fault) => ({ at, ...fault })))
    if (!part) return undefined
    if (kinds.includes(part.type.kind)) return part
    faults.push({
      at,
      from: part.from,
      to: part.to,
      code: 'wrong_type',
      values: { wanted: kinds[0] ?? '', given: part.type.kind },
    })
    return undefined
  }
  const conditions = definition.conditions.flatMap((of, index) => {
    const part = read(`conditions[${index}].cel`, of.cel, false, 'bool')
    return part ? [{ of, part }] : []
  })
  const components = definition.components.flatMap((of, index) => {
    const person = of.per === 'person'
    const when = read(`components[${index}].when`, of.when, person, 'bool')
    const at = `components[${index}].amount`
    const amount = read(at, of.amount, person, 'int')
    if (amount?.type.kind === 'int') {
      const { min, max } = amount.type
      const whole = { at, from: amount.from, to: amount.to }
      if (min < 0) faults.push({ ...whole, code: 'negative', values: {} })
      else if (max > MOST_AMOUNT) faults.push({ ...whole, code: 'too_large', values: { limit: MOST_AMOUNT } })
    }
    if (!person && of.most !== undefined)
      faults.push({ at: `components[${index}].most`, from: 0, to: 0, code: 'most_of_family', values: {} })
    return when && amount ? [{ of, when, amount }] : []
  })
  const ranking = definition.ranking.flatMap((of, index) => {
    const part = read(`ranking[${index}].cel`, of.cel, false, 'int', 'bool', 'text', 'date')
    return part ? [{ of, part }] : []
  })
  for (const list of ['conditions', 'components'] as const) {
    const seen = new Set<string>()
    for (const [index, { code }] of definition[list].entries()) {
      if (seen.has(code))
        faults.push({
          at: `${list}[${index}].code`,
          from: 0,
          to: code.length,
          code: 'code_twice',
          values: { value: code },
        })
      seen.add(code)
    }
  }
  if (faults.length > 0) return { rule: undefined, faults }
  const rule = { conditions, components, persons: definition.limits.persons, ranking }
  const tooBig = tooBigIn(rule)
  return tooBig ? { rule: undefined, faults: [tooBig] } : { rule, faults }
}

/** A rule that would become a statement without end. */
function tooBigIn(rule: CheckedRule): RuleFault | undefined {
  const parts = [
    ...rule.conditions.map(({ part }, index) => ({
      at: `conditions[${index}].cel`,
      part,
      alone: { conditions: rule.conditions.slice(index, index + 1) },
    })),
    ...rule.components.map(({ when }, index) => ({
      at: `components[${index}].when`,
      part: when,
      alone: { components: rule.components.slice(index, index + 1) },
    })),
    ...rule.ranking.map(({ part }, index) => ({
      at: `ranking[${index}].cel`,
      part,
      alone: { ranking: rule.ranking.slice(index, index + 1) },
    })),
  ]
  for (const { at, part, alone } of parts)
    try {
      statement({ conditions: [], components: [], ranking: [], persons: rule.persons, ...alone }, SAMPLE, {
        unsure: true,
      })
    } catch (error) {
      if (!(error instanceof TooMuchSql)) throw error
      return { at, from: part.from, to: part.to, code: 'too_big', values: {} }
    }
  return undefined
}

function columnsOf(rule: CheckedRule): Rule['columns'] {
  const columns = { family: new Set<string>(), person: new Set<string>(), sealed: new Set<string>() }
  for (const whole of partsOfRule(rule))
    for (const part of within(whole))
      if (part.kind === 'field' || part.kind === 'has')
        for (const { table, column } of readFrom(part.field)) columns[table].add(column)
  return { family: [...columns.family], person: [...columns.person], sealed: [...columns.sealed] }
}

const partsOfRule = (rule: CheckedRule): Part[] => [
  ...rule.conditions.map(({ part }) => part),
  ...rule.components.flatMap(({ when, amount }) => [when, amount]),
  ...rule.ranking.map(({ part }) => part),
]
const looksAtSealed = (part: Part): boolean => (part.kind === 'field' || part.kind === 'has') && part.field.sealed
