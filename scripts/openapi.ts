import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buildApp } from '#src/app.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'

/** What the application says of itself, as the text of docs/openapi.json. Asks no database. */
export async function describeApi(): Promise<string> {
  const app = await buildApp({
    db: {} as Db,
    files: {} as FileStore,
    baseUrl: 'http://localhost:3000',
    secret: Buffer.alloc(32),
  })
  await app.ready()
  const description = JSON.stringify(shareSchemas(app.swagger()), null, 2)
  await app.close()
  return `${description}\n`
}

/** Shorter than this, a repeated shape is easier to read where it stands (characters of JSON). */
const WORTH_A_NAME = 200

/**
 * Every shape that is written twice gets a name under components and is referred to: the application describes each
 * route in full, which makes two and a half megabytes of the same sixty shapes.
 */
export function shareSchemas(document: object): object {
  const times = new Map<string, number>()
  walk(document, (schema) => {
    const text = JSON.stringify(schema)
    if (text.length >= WORTH_A_NAME) times.set(text, (times.get(text) ?? 0) + 1)
  })
  const shared = new Map<string, { name: string; schema: unknown }>()
  const names = new Set<string>()
  const nameOf = (schema: Schema, text: string) => {
    const base = typeof schema['title'] === 'string' ? schema['title'] : `Shape${hash(text)}`
    const name = names.has(base) ? `${base}${hash(text)}` : base
    names.add(name)
    return name
  }
  const replace = (value: unknown, isSchema: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => replace(one, isSchema))
    if (typeof value !== 'object' || value === null) return value
    const inside = () =>
      Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
          key,
          holders.has(key) ? replaceHeld(key, one) : replace(one, false),
        ]),
      )
    const replaceHeld = (key: string, one: unknown) =>
      key === 'properties' && one !== null
        ? Object.fromEntries(Object.entries(one as object).map(([name, schema]) => [name, replace(schema, true)]))
        : replace(one, true)
    if (!isSchema) return inside()
    const text = JSON.stringify(value)
    if ((times.get(text) ?? 0) < 2) return inside()
    let known = shared.get(text)
    if (!known) {
      known = { name: nameOf(value as Schema, text), schema: null }
      shared.set(text, known)
      known.schema = inside()
    }
    return { $ref: `#/components/schemas/${known.name}` }
  }
  const replaced = replace(document, false) as { components?: { schemas?: object } }
  const schemas = Object.fromEntries(
    [...shared.values()].map(({ name, schema }) => [name, schema] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  return {
    ...replaced,
    components: { ...replaced.components, schemas: { ...replaced.components?.schemas, ...schemas } },
  }
}

type Schema = Record<string, unknown>
/** Keys whose value is a schema, a list of schemas, or for "properties" a table of them. */
const holders = new Set(['schema', 'items', 'anyOf', 'oneOf', 'allOf', 'properties'])

function walk(value: unknown, visit: (schema: Schema) => void, isSchema = false): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit, isSchema)
  else if (typeof value === 'object' && value !== null) {
    if (isSchema) visit(value as Schema)
    for (const [key, one] of Object.entries(value))
      if (key === 'properties') for (const held of Object.values(one as object)) walk(held, visit, true)
      else walk(one, visit, holders.has(key))
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

if (process.argv[1] === import.meta.filename) {
  const file = path.join(import.meta.dirname, '../docs/openapi.json')
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, await describeApi())
}
