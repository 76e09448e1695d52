import type { ExplainedPart, RuleField } from '#src/programmes/rules/schema.ts'
import { formatNumber } from '#lib/format.ts'
import { m } from '#messages'

/** What one part came to, in words. */
export function valueWord(part: ExplainedPart, field?: RuleField): string {
  if (part.state === 'skipped') return m.determination_skipped()
  const { value } = part
  if (part.state === 'missing' || value === undefined) return m.determination_unknown()
  if (typeof value === 'boolean') return value ? m.determination_yes() : m.determination_no()
  if (typeof value === 'number') return formatNumber(value)
  const label = (one: string | number) =>
    field?.values?.find((choice) => choice.value === String(one))?.label ?? String(one)
  if (typeof value === 'string') return label(value)
  return value.length === 0 ? '–' : value.map(label).join(', ')
}

/** The data a tree looked at, each once: a field of the family, or of a member. */
export function dataOf(tree: readonly ExplainedPart[]): ExplainedPart[] {
  const seen = new Set<string>()
  return tree.filter((part) => {
    const key = `${part.field} ${part.member ?? ''}`
    if (part.field === undefined || part.state === 'skipped' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

export const fieldOf = (fields: readonly RuleField[], name: string | undefined): RuleField | undefined =>
  fields.find((one) => `${one.of}.${one.name}` === name)

/** What a condition came to: its whole is the first part of its tree. */
export const standingOf = (tree: readonly ExplainedPart[]): 'met' | 'not_met' | 'unknown' =>
  tree[0]?.state !== 'value' ? 'unknown' : tree[0].value === true ? 'met' : 'not_met'
