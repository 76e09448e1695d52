import assert from 'node:assert/strict'
import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { recordChanges, type Change } from '#src/people/register/index.ts'
import { runDetermination } from '#src/programmes/determination/index.ts'
import type { Determination, Results } from '#src/programmes/determination/schema.ts'
import { signedIn, type SignedIn } from './accounts.ts'
import { testApp } from './app.ts'
import { testDatabase } from './postgres.ts'
import { registerFamilies } from './register-families.ts'

export const MARGAHAYU = '32.75.01.1002'
export const OTHER = '32.75.01.1003'
export type Refused = { code: string; errors?: { field: string; code: string }[] }

/** Offices of the nation and of Bekasi, sixteen families there and one far away, and how lists are asked for over HTTP. */
export async function determinationStage() {
  const clock = { now: new Date('2026-11-20T03:00:00Z') }
  const { db, sql, appUrl, ownerUrl } = await testDatabase({ clock: () => clock.now, max: 8 })
  const app = await testApp(db)

  const maker = await signedIn(db, { role: 'officer', regionCode: '00', name: 'Maria' })
  const first = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Darmawan' })
  const second = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Kartika' })
  const city = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
  const desk = await signedIn(db, { role: 'officer', regionCode: MARGAHAYU, name: 'Sari' })
  const elsewhere = await signedIn(db, { role: 'supervisor', regionCode: '33.13', name: 'Agus' })

  async function call<T>(who: SignedIn, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
    const answer = await app.inject({
      method,
      url: `/api${url}`,
      headers: { cookie: who.cookie },
      ...(payload && { payload }),
    })
    const json = answer.headers['content-type']?.includes('json')
    return {
      status: answer.statusCode,
      body: (json ? answer.json() : undefined) as T,
      text: answer.body,
      raw: answer.rawPayload,
    }
  }
  async function ask(given: object, who = maker) {
    const answer = await call<Determination & Refused>(who, 'POST', '/determinations', {
      programmeCode: 'SEMBAKO',
      period: '2026-12',
      regionCode: '32.75',
      ...given,
    })
    assert.equal(answer.status, 201, answer.text)
    return answer.body.id
  }
  async function made(given: object = {}, who = maker) {
    const id = await ask(given, who)
    await runDetermination(db, id)
    const list = (await call<Determination>(who, 'GET', `/determinations/${id}`)).body
    assert.equal(list.state, 'made', JSON.stringify(list))
    return list
  }
  const families = async (id: string, query = '', who = maker) =>
    (await call<Results>(who, 'GET', `/determinations/${id}/families${query}`)).body
  async function approved(id: string) {
    assert.equal((await call(maker, 'POST', `/determinations/${id}/submit`)).status, 200)
    assert.equal((await call(first, 'POST', `/determinations/${id}/approve`, {})).status, 200)
    const last = await call<Determination>(second, 'POST', `/determinations/${id}/approve`, { note: 'Sesuai' })
    assert.equal(last.status, 200, last.text)
    return last.body
  }
  const change = (changes: (Omit<Change, 'id' | 'effectiveOn' | 'source' | 'check'> & { effectiveOn?: string })[]) =>
    db.asSystem('test', (tx) =>
      recordChanges(
        tx,
        { role: 'system' },
        changes.map((one) => ({ id: uuid(), effectiveOn: '2026-11-10', source: 'import', check: 'none', ...one })),
      ),
    )

  /** Somebody else at the same database, who holds a lock until told. */
  async function holding(lock: string) {
    const holder = new pg.Client({ connectionString: ownerUrl })
    await holder.connect()
    await holder.query(`begin; ${lock}`)
    return async () => {
      await holder.query('rollback')
      await holder.end()
    }
  }

  // Deciles 1 to 6 in Margahayu twice, three in another village, one far away.
  const here = await registerFamilies(db, 12, MARGAHAYU, (at) => ({ decile: (at % 6) + 1 }))
  await registerFamilies(db, 3, OTHER, () => ({ decile: 2 }))
  const far = await registerFamilies(db, 1, '33.13.09.1003', () => ({ decile: 1 }))
  const [unknown] = await registerFamilies(db, 1, MARGAHAYU)
  assert.ok(unknown && far[0])
  await change([
    { kind: 'corrected', parts: [{ subject: 'family', subjectId: unknown.family, patch: { decile: null } }] },
  ])
  return {
    clock,
    app,
    db,
    sql,
    appUrl,
    maker,
    first,
    second,
    city,
    desk,
    elsewhere,
    call,
    ask,
    made,
    families,
    approved,
    change,
    holding,
    here,
    unknown,
  }
}
