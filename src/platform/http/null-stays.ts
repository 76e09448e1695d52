/** Keywords whose value is one schema, a list of them, or schemas by name. */
const one = ['items', 'additionalProperties', 'not', 'if', 'then', 'else'] as const
const lists = ['anyOf', 'oneOf', 'allOf'] as const
const named = ['properties', 'patternProperties'] as const

type Schema = Readonly<Record<string, unknown>>
const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNull = (value: unknown) => isSchema(value) && value['type'] === 'null'

/**
 * The same schema, a union with null asked for null first. Ajv with coercion tries the branches of a union one after the other, and what the first
 * makes of null stays: 0 of an integer, '' of a text, false of a boolean.
 */
export function nullStays(schema: unknown): unknown {
  if (!isSchema(schema)) return schema
  const found: Record<string, unknown> = { ...schema }
  for (const key of one) if (key in found) found[key] = nullStays(found[key])
  for (const key of lists) if (Array.isArray(found[key])) found[key] = (found[key] as unknown[]).map(nullStays)
  for (const key of named)
    if (isSchema(found[key]))
      found[key] = Object.fromEntries(Object.entries(found[key]).map(([name, value]) => [name, nullStays(value)]))
  const { anyOf, ...rest } = found
  if (!Array.isArray(anyOf) || !anyOf.some(isNull)) return found
  const others = anyOf.filter((branch) => !isNull(branch))
  return { ...rest, if: { const: null }, else: others.length === 1 ? others[0] : { anyOf: others } }
}
