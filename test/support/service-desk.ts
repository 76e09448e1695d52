import type { FastifyInstance } from 'fastify'
import { openSession, SESSION_COOKIE } from '#src/access/index.ts'
import { openFamily } from '#src/people/register/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { SignedIn } from './accounts.ts'

export type Refused = { code: string; errors?: { field: string; code: string }[] }
/** What was wrong in what was sent: field and code. */
export const faults = (answer: { body: Refused }) => (answer.body.errors ?? []).map((one) => `${one.field} ${one.code}`)

/** Services over HTTP, as a desk uses them, at the database's moment; and opening a family for one. */
export function serviceDesk(app: FastifyInstance, db: Db) {
  // A session of weeks ago has ended: one for each moment.
  const cookies = new Map<string, Promise<string>>()
  function cookieOf(who: SignedIn): Promise<string> {
    const at = db.clock()
    const key = `${who.accountId} ${at.toISOString()}`
    const { assignmentId } = who.actor
    const made =
      cookies.get(key) ??
      db
        .asSystem('test session', (tx) =>
          openSession(tx, { accountId: who.accountId, assignmentId, methods: ['password', 'totp'], at }),
        )
        .then((session) => `${SESSION_COOKIE}=${session.token}`)
    cookies.set(key, made)
    return made
  }
  return {
    async call<T>(who: SignedIn, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
      const res = await app.inject({
        method,
        url: `/api/services/${url}`,
        headers: { cookie: await cookieOf(who) },
        ...(payload && { payload }),
      })
      const isJson = res.headers['content-type']?.includes('json')
      return {
        status: res.statusCode,
        body: (isJson ? res.json<T>() : undefined) as T,
        text: res.body,
        raw: res.rawPayload,
      }
    },
    opens(who: SignedIn, familyId: string) {
      const actor = { ...who.actor, at: db.clock() }
      return db.as(actor, (tx) => openFamily(tx, actor, { familyId, reason: 'Permohonan layanan', work: 'service' }))
    },
  }
}
