import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import Fastify, { type FastifyInstance } from 'fastify'
import { mountWeb } from './web.ts'

// Stands in for the built pages: tells what it was given, reads the body itself, and calls /api as a page would.
const handler = `
const inject = Symbol.for('pilar.inject')
export const handler = async (req, res, next) => {
  if (req.url === '/none') return next()
  let body = ''
  for await (const chunk of req) body += chunk
  const api = await req[inject]({ method: 'GET', url: '/api/name' })
  res.writeHead(200, { 'content-type': 'application/json' })
  res.end(JSON.stringify({ headers: req.headers, body, api: api.json() }))
}`

let app: FastifyInstance
let buildDir: string
let address: string

before(async () => {
  buildDir = await mkdtemp(join(tmpdir(), 'pilar-web-'))
  await writeFile(join(buildDir, 'handler.js'), handler)
  await writeFile(join(buildDir, 'package.json'), '{"type":"module"}')
  app = Fastify({ trustProxy: '127.0.0.1' })
  app.get('/api/name', { config: { access: 'public' } }, async () => ({ name: 'pilar' }))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: 'not_found' }))
  await mountWeb(app, { buildDir })
  address = await app.listen({ host: '127.0.0.1', port: 0 })
})
after(async () => {
  await app.close()
  await rm(buildDir, { recursive: true })
})

type Told = { headers: Record<string, string>; body: string; api: { name: string } }

test('a page gets its form unread, reaches the API inside the process, and carries the security headers', async () => {
  const response = await fetch(`${address}/aduan/baru`, { method: 'POST', body: new URLSearchParams({ nama: 'Sri' }) })
  const told = (await response.json()) as Told
  assert.equal(response.status, 200)
  assert.equal(told.body, 'nama=Sri')
  assert.deepEqual(told.api, { name: 'pilar' })
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(response.headers.get('x-frame-options'), 'DENY')
  assert.equal(response.headers.get('strict-transport-security'), null)
})

test('an unknown address below /api stays a problem of the API, and of the pages a plain 404', async () => {
  const api = await fetch(`${address}/api/nowhere`)
  assert.equal(api.status, 404)
  assert.deepEqual(await api.json(), { code: 'not_found' })
  assert.equal((await fetch(`${address}/none`)).status, 404)
})

test('who calls is what Fastify trusts, never what the caller writes into our own headers', async () => {
  const forged = { 'x-pilar-protocol': 'https', 'x-pilar-host': 'evil.example', 'x-pilar-address': '1.2.3.4' }
  const plain = (await (await fetch(`${address}/`, { headers: forged })).json()) as Told
  assert.equal(plain.headers['x-pilar-protocol'], 'http')
  assert.equal(plain.headers['x-pilar-host'], new URL(address).host)
  assert.equal(plain.headers['x-pilar-address'], '127.0.0.1')

  const proxied = await fetch(`${address}/`, {
    headers: { ...forged, 'x-forwarded-proto': 'https', 'x-forwarded-for': '9.9.9.9' },
  })
  const told = (await proxied.json()) as Told
  assert.equal(told.headers['x-pilar-protocol'], 'https')
  assert.equal(told.headers['x-pilar-address'], '9.9.9.9')
  assert.match(proxied.headers.get('strict-transport-security') ?? '', /max-age=/)
})
