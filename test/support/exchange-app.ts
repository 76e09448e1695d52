import { createHash, createPublicKey, verify } from 'node:crypto'
import { after } from 'node:test'
import { buildApp } from '#src/app.ts'
import { answerLater, tellEvents } from '#src/people/exchange/jobs.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { startJobs } from '#src/platform/jobs/index.ts'
import type { TestDatabase } from './postgres.ts'

/** The exchange with its jobs, as other systems reach it; answers may go to this machine. Stops when the file ends. */
export async function exchangeApp(database: TestDatabase) {
  const { db } = database
  const spdci = { prefix: '/spdci', privateCallbacks: true }
  const app = await buildApp({
    db,
    files: {} as FileStore,
    baseUrl: 'http://localhost',
    secret: Buffer.alloc(32, 7),
    spdci,
    logger: { level: 'error' },
  })
  after(() => app.close())
  const jobs = await startJobs({
    appUrl: database.appUrl,
    db,
    jobs: [
      { ...answerLater, retryAfterSeconds: 0 },
      { ...tellEvents, retryAfterSeconds: 0 },
    ],
  })
  after(() => jobs.stop())
  const post = (url: string, token: string | null, payload: unknown) =>
    app.inject({
      method: 'POST',
      url: `/spdci${url}`,
      headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
  const ours = createPublicKey({
    key: (await app.inject('/spdci/.well-known/jwks.json')).json<{ keys: [Record<string, string>] }>().keys[0],
    format: 'jwk',
  })

  /** Our signature, checked by somebody who knows only the documentation. */
  function isSigned(body: Record<string, unknown>): boolean {
    const text = String(body['signature'])
    const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(text)?.[1] ?? ''
    const digest = createHash('sha256')
      .update(JSON.stringify({ header: body['header'], message: body['message'] ?? {} }))
      .digest('base64')
    const signed = `(created): ${part('created')}\n(expires): ${part('expires')}\ndigest: SHA-256=${digest}`
    return verify(null, Buffer.from(signed), ours, Buffer.from(part(' signature'), 'base64'))
  }
  return { app, post, isSigned }
}
