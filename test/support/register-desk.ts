import assert from 'node:assert/strict'
import type { testApp } from './app.ts'
import type { SignedIn } from './accounts.ts'
import type { Family } from '#src/people/register/schema.ts'

export type Answer = { code?: string; errors?: { field: string; code: string; message: string }[] }
export type Done = {
  id: string
  state: string
  familyId: string
  events: { subjectId: string; seq: number }[]
  doubts: { code: string }[]
}
/** What was wrong in what was sent: field and code. */
export const faults = (answer: { body: Answer }) => (answer.body.errors ?? []).map((one) => `${one.field} ${one.code}`)

/** The registry's paper needs no further check, so tests that are not about checking begin with it. */
export const paper = { source: 'civil_registry', sourceRef: 'KK-1', effectiveOn: '2026-01-10' }

/** The register over HTTP, as a desk uses it; `usual` is who registers when nobody else is named. */
export function registerDesk(app: Awaited<ReturnType<typeof testApp>>, usual: SignedIn) {
  async function call<T = Answer>(who: SignedIn | null, method: 'GET' | 'POST', url: string, payload?: object) {
    const response = await app.inject({
      method,
      url: `/api/register/${url}`,
      headers: { host: 'localhost', ...(who && { cookie: who.cookie }) },
      ...(payload && { payload }),
    })
    return { status: response.statusCode, body: response.json<T>() }
  }
  const post = <T = Done>(who: SignedIn, url: string, payload: object) => call<T>(who, 'POST', url, payload)

  async function registered(who = usual, extra: object = {}, members?: object[]) {
    const answer = await post(who, 'families', {
      ...paper,
      regionCode: who.actor.regionCode,
      family: { kkNumber: '9999011001260001', address: 'Gang  Melati 4', rt: '3', rw: '004' },
      members: members ?? [
        { name: 'Ratna', relationship: 'head', nik: '9999014108850001', birthDate: '1985-08-01', sex: 'female' },
        {
          name: 'Dewi',
          relationship: 'child',
          birthDate: '2015-03-03',
          sealed: { disabilities: ['visual'], ppks: [19] },
        },
        { name: 'Adi', relationship: 'child', birthDate: '2018-03-03' },
      ],
      ...extra,
    })
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return answer.body
  }
  const open = (who: SignedIn, id: string) =>
    post<{ id: string }>(who, `families/${id}/open`, { reason: 'Warga datang ke kantor', work: 'service' })
  async function opened(who: SignedIn, id: string, query = ''): Promise<Family> {
    await open(who, id)
    const answer = await call<Family>(who, 'GET', `families/${id}${query}`)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body
  }
  return { call, post, registered, open, opened }
}
