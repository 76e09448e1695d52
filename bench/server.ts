import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Fastify from 'fastify'
import pg from 'pg'
import { buildApp } from '#src/app.ts'
import { connect } from '#src/platform/db/index.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { mountWeb } from '#src/platform/http/web.ts'
import { bareFiling, bareNik, bareTracking } from './bare.ts'

// Started by bench/index.ts as a process of its own: `node bench/server.ts <app url> [bare]`. Tells its port to the parent.
const [appUrl = '', kind] = process.argv.slice(2)

const app =
  kind === 'bare'
    ? await bare()
    : await buildApp({
        db: connect(appUrl, { max: 10 }),
        files: await openFileStore({ dir: await mkdtemp(path.join(tmpdir(), 'pilar-bench-')) }),
        baseUrl: 'http://127.0.0.1',
        secret: Buffer.alloc(32, 3),
        trustProxy: true,
      })
if (kind !== 'bare') await mountWeb(app, { buildDir: path.resolve(import.meta.dirname, '../build/web') })
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
process.send?.({ port: typeof address === 'object' ? address?.port : 0 })
process.on('message', (message) => {
  if (message === 'cpu') process.send?.({ cpu: process.cpuUsage() })
})
process.once('disconnect', () => process.exit(0))

/** The bare minimum: a Fastify route, `pg`, one statement that does the same work in the same database. */
async function bare() {
  const pool = new pg.Pool({ connectionString: appUrl, max: 10 })
  // The database ends before this process does.
  pool.on('error', () => {})
  const server = Fastify({ bodyLimit: 256 * 1024 })
  server.post('/api/complaints', async (request, reply) => {
    const { rows } = await pool.query(bareFiling(request.body as Record<string, unknown>))
    return reply.code(201).send(rows[0])
  })
  server.get(
    '/tracking/:number',
    async (request) => (await pool.query(bareTracking((request.params as { number: string }).number))).rows[0],
  )
  server.post('/api/check/nik', async (request) => {
    const { nik } = request.body as { nik: string }
    const { rows } = await pool.query({ name: 'nik', text: bareNik, values: [nik] })
    return rows[0] ?? {}
  })
  return server
}
