import type { VersionDifferences } from './schema.ts'
import type { VersionRow } from './versions.ts'

type Flat = Map<string, string>
type Fields = Readonly<Record<string, unknown>>

/** What is compared by what it says, not where it stands in a list: by its code. */
const named = ['conditions', 'components', 'goods', 'steps', 'results', 'topics', 'outcomes']

function flatten(into: Flat, path: string, value: unknown): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    const key = path.split('.').at(-1) ?? ''
    if (value.every((one) => typeof one !== 'object')) {
      if (value.length > 0) into.set(path, value.map(String).toSorted().join(', '))
    } else
      for (const [at, one] of value.entries())
        flatten(into, `${path}.${named.includes(key) ? ((one as { code?: string }).code ?? at) : at + 1}`, one)
    return
  }
  if (typeof value === 'object') {
    for (const [key, one] of Object.entries(value)) if (key !== 'code') flatten(into, `${path}.${key}`, one)
    return
  }
  into.set(path, String(value))
}

const fieldsOf = (row: VersionRow): Fields => ({
  validFrom: row.valid_from,
  validTo: row.valid_to,
  name: row.name,
  fullName: row.full_name,
  summary: row.summary,
  summaryEn: row.summary_en,
  legalBasis: row.legal_basis,
  owner: row.owner,
  regions: row.regions,
  regionsWithout: row.regions_without,
  unit: row.unit,
  kind: row.kind,
  period: row.period,
  goods: row.goods,
  delivery: row.delivery,
  funding: row.funding,
  verified: row.verified,
  source: row.source,
  steps: row.steps,
  rule: row.rule,
})

export const differencesOf = (before: VersionRow, after: VersionRow): VersionDifferences['items'] =>
  fieldDifferences(fieldsOf(before), fieldsOf(after))

/** Field by field, in the order of the later one: 'rule.conditions.decile.cel' from one text to another. Null: was not there. */
export function fieldDifferences(before: Fields, after: Fields): VersionDifferences['items'] {
  const flat = (fields: Fields) => {
    const all: Flat = new Map()
    for (const [field, value] of Object.entries(fields)) flatten(all, field, value)
    return all
  }
  const [was, is] = [flat(before), flat(after)]
  return [...new Set([...is.keys(), ...was.keys()])]
    .filter((field) => was.get(field) !== is.get(field))
    .map((field) => ({ field, before: was.get(field) ?? null, after: is.get(field) ?? null }))
}
