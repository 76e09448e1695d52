import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyRetention, reportRetention } from '#src/people/rights/retention.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Case, Filed } from './schema.ts'

let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now) })
const app = await testApp(db)
const village = '32.75.01.1002'

test('identities of cases that ended long ago are reported first and then go; the case, its number and its answer stay', async () => {
  const front = await signedIn(db, { role: 'officer', regionCode: village })
  const file = async (name: string) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/complaints',
      headers: { cookie: front.cookie },
      payload: {
        regionCode: village,
        class: 'complaint',
        matter: 'enrolment.not_listed',
        body: 'Keluarga ini tidak pernah menerima bantuan apa pun.',
        complainant: { name, phone: '081290000001' },
        concerned: [{ name: 'Suminah', nik: '9999014108859001' }],
      },
    })
    assert.equal(answer.statusCode, 201, answer.body)
    return answer.json<Filed>()
  }
  const ended = await file('Ratna')
  const open = await file('Wulan')
  const later = await file('Sekar')
  const close = (id: string) =>
    sql(
      `update complaint set state = 'closed', settled_at = $2, changed_at = $2, due_at = null, due_clock = null where id = $1`,
      [id, new Date(now)],
    )
  await close(ended.id)
  now = Date.parse('2028-01-01T03:00:00Z')
  await close(later.id)

  now = Date.parse('2028-07-01T03:00:00Z')
  const people = (id: string) => sql('select seq from complaint_person where complaint_id = $1', [id])
  assert.ok(await db.asSystem('test', (tx) => reportRetention(tx, new Date(now))))
  const items = () => sql(`select reported, applied from retention_item where key = 'complaint_identity'`)
  assert.deepEqual(await items(), [{ reported: 2, applied: null }])
  assert.equal((await people(ended.id)).length, 2, 'nothing goes before the notice has passed')
  now += 15 * 86_400_000
  assert.equal(await db.asSystem('test', (tx) => applyRetention(tx, new Date(now))), true)
  assert.deepEqual(await items(), [{ reported: 2, applied: 2 }])
  assert.deepEqual(await Promise.all([ended, open, later].map(async (one) => (await people(one.id)).length)), [0, 2, 2])

  const reader = await signedIn(db, { role: 'officer', regionCode: village })
  const held = await app.inject({ url: `/api/complaints/${ended.id}`, headers: { cookie: reader.cookie } })
  assert.equal(held.statusCode, 200, held.body)
  assert.deepEqual([held.json<Case>().number, held.body.includes('Ratna')], [ended.number, false])
  const tracked = await app.inject({
    url: '/api/tracking',
    headers: { 'x-tracking': `${ended.number} ${ended.secret}` },
  })
  assert.equal(tracked.statusCode, 200, tracked.body)
})
