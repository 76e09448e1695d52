import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAccount, signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { findSession } from './sessions.ts'

const token = (cookie: string) => cookie.split('=')[1] ?? ''

test('a session is found by its token, remembers the visit once a minute, and ends by idleness and by age', async () => {
  let now = new Date('2026-11-23T02:00:00Z')
  const { db, sql } = await testDatabase({ clock: () => now })
  const later = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000))
  const me = await signedIn(db, { role: 'administrator', regionCode: '00' })
  const seen = async () => (await sql<{ last_seen_at: Date }>('select last_seen_at from session'))[0]?.last_seen_at

  assert.equal((await findSession(db, token(me.cookie)))?.actor?.role, 'administrator')
  const first = await seen()
  later(0.5)
  await findSession(db, token(me.cookie))
  assert.deepEqual(await seen(), first)
  later(1)
  await findSession(db, token(me.cookie))
  assert.deepEqual(await seen(), now)

  for (let i = 0; i < 12; i++) {
    later(58)
    assert.ok(await findSession(db, token(me.cookie)), `used every 58 minutes, it holds (${i})`)
  }
  later(58)
  assert.equal(await findSession(db, token(me.cookie)), undefined, 'twelve hours are the end, however much it is used')

  const other = await signedIn(db, { role: 'auditor', regionCode: '00' })
  later(61)
  assert.equal(await findSession(db, token(other.cookie)), undefined, 'an hour unused is the end')
})

test('nobody acts with an ended assignment, a deactivated account, or without the second factor a role wants', async () => {
  const { db, sql } = await testDatabase()
  const me = await signedIn(db, { role: 'supervisor', regionCode: '00' })
  assert.ok((await findSession(db, token(me.cookie)))?.actor)
  await sql(`update session set methods = '{password}'`)
  assert.equal((await findSession(db, token(me.cookie)))?.owed, 'second_factor')
  await sql(`update account set demonstration = true`)
  assert.ok((await findSession(db, token(me.cookie)))?.actor, 'the demonstration asks for none')
  await sql(`update assignment set ended_at = now()`)
  assert.equal((await findSession(db, token(me.cookie)))?.owed, 'assignment')
  await sql(`update account set active = false`)
  assert.equal(await findSession(db, token(me.cookie)), undefined)
  await makeAccount(db, { password: 'kuda laut menari pelan' })
})
