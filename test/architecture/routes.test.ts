import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { after, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { type Access, buildApp } from '#src/app.ts'
import { roles } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { db } = await testDatabase()
const build = (compileAtOnce = true) =>
  buildApp({ db, files: {} as FileStore, baseUrl: 'http://localhost', secret: Buffer.alloc(32, 7), compileAtOnce })

// Fastify tells of every new instance before anything is registered on it.
const stated = new Map<string, Access | undefined>()
const hear = (message: unknown) =>
  (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) stated.set(`${method} ${route.url}`, route.config?.access)
  })
subscribe('fastify.initialization', hear)
const app = await build()
unsubscribe('fastify.initialization', hear)
after(() => app.close())
await app.ready()

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Operation = {
  summary?: string
  tags?: string[]
  parameters?: { in: string; name: string }[]
  responses?: Record<string, unknown>
}
const paths = (app.swagger() as { paths: Record<string, Partial<Record<Method, Operation>>> }).paths
const operations = Object.entries(paths).flatMap(([url, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ url, method: method as Method, operation })),
)

/** As it was registered; the document writes {id} for :id. */
const accessOf = (url: string, method: Method): Access | undefined =>
  stated.get(`${method.toUpperCase()} ${url.replaceAll(/\{([^}]+)\}/g, ':$1')}`)

const example = (url: string) =>
  url.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    /^a?l?id$/i.test(name) ? '01920000-0000-7000-8000-000000000000' : '32',
  )

test('a route that does not state its access keeps the application from starting', async () => {
  const other = await build(false)
  assert.throws(() => other.get('/api/test-without-access', async () => 'x'), /does not state its access/)
  other.get('/api/test-with-access', { config: { access: 'public' } }, async () => 'x')
  await other.close()
})

test('every operation states who may call it, in words the rest of the application knows', () => {
  assert.ok(operations.length > 10, `${operations.length} operations`)
  const wrong = operations.filter(({ url, method }) => {
    const access = accessOf(url, method)
    if (access === 'public' || access === 'account') return false
    return !Array.isArray(access) || access.length === 0 || access.some((role) => !roles.includes(role))
  })
  assert.deepEqual(
    wrong.map(({ url, method }) => `${method} ${url}`),
    [],
  )
})

test('without a session every operation that is not public answers 401, whatever is sent', async () => {
  let asked = 0
  const wrong: string[] = []
  for (const { url, method } of operations) {
    if (accessOf(url, method) === 'public') continue
    asked++
    const response = await app.inject({
      method: method.toUpperCase() as 'GET',
      url: example(url),
      ...(method !== 'get' && { payload: {} }),
    })
    if (response.statusCode !== 401) wrong.push(`${method} ${url}: ${response.statusCode}`)
  }
  assert.ok(asked > 5)
  assert.deepEqual(wrong, [])
})

test('a schema that cannot be compiled keeps this test from starting, and is found by the first request otherwise', async () => {
  const broken = { schema: { querystring: { type: 'nonsense' } }, config: { access: 'public' as const } }
  const other = await build()
  other.get('/api/test-broken', broken, async () => 'x')
  await assert.rejects(async () => other.ready(), /Failed building the validation schema/)
  const later = await build(false)
  later.get('/api/test-broken', broken, async () => 'x')
  await later.ready()
  assert.equal((await later.inject('/api/test-broken')).statusCode, 500)
  await later.close()
})

test('headers are named in small letters', () => {
  const headers = operations.flatMap(({ operation }) => operation.parameters ?? []).filter((one) => one.in === 'header')
  assert.ok(headers.length > 0)
  for (const { name } of headers) assert.equal(name, name.toLowerCase())
})

test('every operation says what it does, and to what it belongs', () => {
  assert.deepEqual(
    operations
      .filter(({ operation }) => !operation.summary || !operation.tags?.length)
      .map(({ url, method }) => `${method} ${url}`),
    [],
  )
})
