import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

/* A form with several mistakes hears of all of them at once, each at its field and once. */

const { db } = await testDatabase()
const app = await testApp(db)
const chief = await signedIn(db, { role: 'supervisor', regionCode: '00' })

const [one, two] = [uuid(), uuid()]
const tried: readonly [method: 'POST' | 'PUT' | 'PATCH', url: string, body: object, fields: readonly string[]][] = [
  ['POST', '/programmes', { code: 'kecil', name: 'x', fullName: '' }, ['code', 'name', 'fullName']],
  ['PUT', '/programmes/PKH/versions/1/end', { validTo: 'besok', reason: 'x' }, ['validTo', 'reason']],
  ['POST', '/determinations', { programmeCode: 'pkh', period: '2026-13', regionCode: '1', quota: 0 }, ['programmeCode', 'period', 'regionCode', 'quota']], // prettier-ignore
  ['PUT', `/determinations/${one}/families/${two}/hold`, { decision: 'mungkin', reason: 'x' }, ['decision', 'reason']],
  ['POST', `/additions/${one}/decide`, { decision: 'ya', note: 'x'.repeat(501) }, ['decision', 'note']],
  ['PUT', '/services/plans/UPSK/2020-01-01/end', { endsOn: '31 Januari', reason: 'x' }, ['endsOn', 'reason']],
  ['POST', '/services/cases', { programmeCode: 'upsk', familyId: 'x' }, ['programmeCode', 'familyId']],
  ['POST', '/rounds', { determinationId: 'x', name: 'ab', way: 'terbang', opensOn: '', closesOn: '2026-02-30' }, ['determinationId', 'name', 'way', 'opensOn', 'closesOn']], // prettier-ignore
  ['POST', `/rounds/${one}/schedule`, { startsAt: 'pagi', endsAt: 'sore' }, ['startsAt', 'endsAt']],
  ['POST', `/rounds/${one}/stops`, { villageCode: 'x', way: 'terbang', place: '', startsAt: 'pagi', endsAt: 'sore' }, ['villageCode', 'way', 'place', 'startsAt', 'endsAt']], // prettier-ignore
  ['POST', `/rounds/${one}/signs/judge`, { kind: 'x', key: 'y', decision: 'z', note: '' }, ['kind', 'decision', 'note']], // prettier-ignore
  ['POST', `/entitlements/${one}/${two}/withdrawal`, { reason: 'X', note: 'x'.repeat(1001), ref: '' }, ['reason', 'note', 'ref']], // prettier-ignore
  ['POST', `/withdrawals/${one}/decide`, { decision: 'ya', note: 'x'.repeat(501) }, ['decision', 'note']],
]

test('a form with several mistakes is answered with all of them, each at its field and once, in a sentence', async () => {
  for (const [method, url, payload, fields] of tried) {
    const answer = await app.inject({ method, url: `/api${url}`, headers: { cookie: chief.cookie }, payload })
    assert.equal(answer.statusCode, 400, `${url}: ${answer.body}`)
    const { errors } = answer.json<{ errors: { field: string; message: string }[] }>()
    assert.deepEqual(errors.map((fault) => fault.field).toSorted(), fields.toSorted(), url)
    assert.ok(
      errors.every((fault) => fault.message.length > 5 && !fault.message.includes('{')),
      url,
    )
  }
})
