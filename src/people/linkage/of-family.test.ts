import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { FamilyPair } from './schema.ts'

const VILLAGE = '32.75.01.1002'
const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-19T02:00:00Z') })
const app = await testApp(db)
const desk = await signedIn(db, { role: 'officer', regionCode: VILLAGE })

const call = async <T>(method: 'GET' | 'POST', url: string, payload?: object) => {
  const response = await app.inject({
    method,
    url: `/api/register/families${url}`,
    headers: { host: 'localhost', cookie: desk.cookie },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json<T>() }
}
type Made = { familyId: string; events: { subject: string; subjectId: string }[] }
async function family(name: string) {
  const { body } = await call<Made>('POST', '', {
    effectiveOn: '2026-01-10',
    source: 'civil_registry',
    sourceRef: 'KK-9',
    regionCode: VILLAGE,
    family: {},
    members: [{ name, relationship: 'head' }],
  })
  return { id: body.familyId, person: body.events.find((one) => one.subject === 'person')?.subjectId ?? '' }
}

test('pairs of a family wait on its page, from either side, once it was opened and until they are judged', async () => {
  const one = await family('Ratna')
  const other = await family('Ratnah')
  await sql('delete from link_pair')
  const [left = '', right = ''] = [one.person, other.person].sort()
  await sql(
    `insert into link_pair (left_id, right_id, left_region, right_region, region_code, probability, weight, evidence, same_nik, same_family, state)
     values ($1, $2, $3, $3, $3, 0.97, 12, '[]', false, false, 'possible')`,
    [left, right, VILLAGE],
  )
  assert.equal((await call('GET', `/${one.id}/pairs`)).status, 403)
  for (const [own, twin] of [
    [one, 'Ratnah'],
    [other, 'Ratna'],
  ] as const) {
    await call('POST', `/${own.id}/open`, { reason: 'Memeriksa data ganda', work: 'linkage' })
    const { body } = await call<FamilyPair[]>('GET', `/${own.id}/pairs`)
    assert.deepEqual(
      body.map((pair) => [pair.leftId, pair.rightId, pair.other]),
      [[left, right, twin]],
    )
  }
  await sql(`update link_pair set state = 'different', decided_at = now()`)
  assert.deepEqual((await call('GET', `/${one.id}/pairs`)).body, [])
})
