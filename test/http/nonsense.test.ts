import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

/*
 * Every operation of the OpenAPI document, with requests that are nearly right, wrong, and nonsense, from nobody and
 * from every role: nothing a client can send is answered by a 5xx, and every refusal is a problem that names its code.
 */

type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  patternProperties?: Record<string, Schema>
}
type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}

const { db, sql } = await testDatabase()
const errors: unknown[] = []
const app = await testApp(db, { level: 'error', stream: { write: (line: string) => void errors.push(line) } })
const village = '32.75.01.1002'
const roles = [
  { role: 'officer', regionCode: village },
  { role: 'supervisor', regionCode: '32.75' },
  { role: 'pillar', regionCode: village },
  { role: 'auditor', regionCode: '00' },
  { role: 'administrator', regionCode: '32.75' },
] as const
// Signed in once each; whose session a request has ended signs in anew.
const sessions = new Map<number, SignedIn>()
async function cookieOf(who: number): Promise<string> {
  const role = roles[who]
  if (!role) return ''
  const known = sessions.get(who)
  if (known && (await sql('select 1 from session where id = $1 and ended_at is null', [known.sessionId])).length > 0)
    return known.cookie
  const fresh = await signedIn(db, role)
  sessions.set(who, fresh)
  return fresh.cookie
}
const filed = await app.inject({
  method: 'POST',
  url: '/api/complaints',
  payload: {
    regionCode: village,
    class: 'complaint',
    matter: 'enrolment.not_listed',
    body: 'Aduan yang benar untuk dicoba-coba.',
    complainant: { name: 'Warga' },
  },
})
const { id, number, secret } = filed.json<{ id: string; number: string; secret: string }>()

const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\u202eabc',
    '👩‍👩‍👧',
    '💥'.repeat(300),
    "'; drop table complaint; --",
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '9'.repeat(400),
    'null',
    '32.75',
    'NaN',
    '2026-02-31',
    '-1',
    '1e309',
  ),
  fc.double(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(Number),
  fc.constant(null),
  fc.boolean(),
  fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 3 }),
)

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting))
  if (schema.allOf)
    return fc.tuple(...schema.allOf.map(fitting)).map((parts) => Object.assign({}, ...(parts as object[])) as object)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  switch (type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, mostly(one)] as const)
      return fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] })
    }
    case 'array':
      return fc.array(mostly(schema.items ?? {}), { maxLength: 4 })
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 1000 })
    case 'number':
      return fc.double({ noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'string':
      if (schema.format === 'uuid') return fc.oneof(fc.constant(id), fc.uuid())
      if (schema.format === 'date') return fc.constantFrom('2026-11-20', '2026-02-31', '0001-01-01', '9999-12-31')
      if (schema.format === 'date-time') return fc.constantFrom('2026-11-20T10:00:00Z', '0000-01-01T00:00:00Z')
      if (schema.format === 'email') return fc.constantFrom('warga@contoh.example', 'a@b.c')
      if (schema.pattern) {
        const known = [
          village,
          '32.75',
          '00',
          '2026-11',
          'PKH',
          'enrolment.not_listed',
          '9999015708859001',
          '0812000009001',
          '003',
          '32.75/health',
          'abc',
          '1:ab',
        ]
        const fits = known.filter((one) => new RegExp(schema.pattern ?? '', 'u').test(one))
        return fits.length > 0 ? fc.constantFrom(...fits) : fc.stringMatching(new RegExp(schema.pattern, 'u'))
      }
      return fc.oneof(
        fc.constantFrom('Aduan tentang bantuan', number, `${number} ${secret}`),
        fc.string({
          unit: 'grapheme',
          minLength: schema.minLength ?? 0,
          maxLength: Math.min(schema.maxLength ?? 60, 200),
        }),
      )
    default:
      return junk
  }
}
const mostly = (schema: Schema) => fc.oneof({ weight: 8, arbitrary: fitting(schema) }, { weight: 2, arbitrary: junk })

const document = app.swagger() as { paths: Record<string, Record<string, Operation>> }
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
// Header values are Latin-1 without control characters by the protocol itself; what is not cannot be sent at all.
const headerText = (value: unknown) => text(value).replace(/[^\x20-\x7e\xa0-\xff]/g, '?')

test('the document knows the routes', () => {
  assert.ok(operations.length > 40, `${operations.length} operations`)
})

for (const { path, method, operation } of operations) {
  // A live stream never ends; it has tests of its own.
  if (path === '/api/events') continue
  test(`${method} ${path} refuses nonsense without falling over`, { timeout: 60_000 }, async () => {
    const parameters = operation.parameters ?? []
    const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
    const part = (place: string) =>
      fc.record(
        Object.fromEntries(
          parameters.filter((one) => one.in === place).map((one) => [one.name, mostly(one.schema)] as const),
        ),
      )
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          path: part('path'),
          query: part('query'),
          header: part('header'),
          body: body ? mostly(body) : fc.oneof(fc.constant(undefined), junk),
          who: fc.integer({ min: -1, max: roles.length - 1 }),
        }),
        async (given) => {
          errors.length = 0
          const cookie = await cookieOf(given.who)
          const url = path.replace(
            /\{(\w+)\}/g,
            (_, name: string) => encodeURIComponent(text(given.path[name]).toWellFormed()) || '%20',
          )
          const query = Object.entries(given.query).map(
            ([name, value]) => `${name}=${encodeURIComponent(text(value).toWellFormed())}`,
          )
          const headers = Object.fromEntries(
            Object.entries(given.header).map(([name, value]) => [name, headerText(value)]),
          )
          const hasBody = method !== 'GET' && given.body !== undefined
          const res = await app.inject({
            method: method as 'GET',
            url: `${url}${query.length > 0 ? `?${query.join('&')}` : ''}`,
            headers: { cookie, ...headers, ...(hasBody && { 'content-type': 'application/json' }) },
            ...(hasBody && { payload: JSON.stringify(given.body) ?? 'null' }),
          })
          assert.ok(res.statusCode < 500, `${res.statusCode} ${res.body} ${errors.join(' ').slice(0, 1500)}`)
          if (res.statusCode >= 400) {
            assert.match(
              String(res.headers['content-type']),
              /problem\+json/,
              `${res.statusCode} ${res.body.slice(0, 200)}`,
            )
            const problem = res.json<{ code: string; title: string; errors?: { field: string; message: string }[] }>()
            assert.ok(problem.code && problem.title)
            if (problem.code === 'invalid_request' && res.statusCode === 400)
              for (const one of problem.errors ?? []) assert.ok(one.field.length > 0 && one.message.length > 0)
          }
        },
      ),
      // Shrinking would send thousands of requests more; the counterexample is small enough to read.
      { numRuns: 12, endOnFailure: true },
    )
  })
}

test('whoever tried held the office to the last', async () => {
  assert.equal(sessions.size, roles.length)
  for (const [who, { sessionId }] of sessions) {
    const [row] = await sql(
      `select 1 from session s join assignment a on a.id = s.assignment_id join account c on c.id = a.account_id
       where s.id = $1 and a.ended_at is null and c.active`,
      [sessionId],
    )
    assert.ok(row, `the ${roles[who]?.role} lost the office`)
  }
})
