import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { setUpMessages } from './index.ts'
import type { MessageOverview, MessagePage } from './schema.ts'

const { db, sql } = await testDatabase()
const app = await testApp(db)
after(setUpMessages({ whatsapp: null, email: null }, Buffer.alloc(32, 7), true))
const people = {
  nation: await signedIn(db, { role: 'administrator', regionCode: '00' }),
  city: await signedIn(db, { role: 'administrator', regionCode: '32.75' }),
  auditor: await signedIn(db, { role: 'auditor', regionCode: '00' }),
  officer: await signedIn(db, { role: 'officer', regionCode: '32.75' }),
}
const ask = (who: keyof typeof people, url: string, method: 'GET' | 'POST' = 'GET') =>
  app.inject({ method, url: `/api/messages${url}`, headers: { cookie: people[who].cookie } })

const rows: [region: string, channel: string, state: string, fault: string | null, daysAgo: number][] = [
  ['32.75.01.1002', 'whatsapp', 'read', null, 1],
  ['32.75.01.1002', 'whatsapp', 'read', null, 2],
  ['32.75.01.1002', 'whatsapp', 'undelivered', 'not_reachable', 2],
  ['32.75.01.1002', 'whatsapp', 'failed', 'provider_199999', 3],
  ['32.75.01.1002', 'whatsapp', 'waiting', 'provider', 0],
  ['32.75.01.1002', 'email', 'sent', null, 1],
  ['32.75.01.1002', 'email', 'sent', null, 20],
  ['92.02', 'whatsapp', 'read', null, 1],
]
for (const [index, [region, channel, state, fault, daysAgo]] of rows.entries())
  await sql(
    `insert into message (id, region_code, channel, topic, subject_id, template, locale, address, params, not_before, expires_at, state, fault, queued_at)
     values (('01920000-0000-7000-8000-0000000000' || lpad($1::text, 2, '0'))::uuid, $2, $3, 'delivery_question', $1, 'delivery_question', 'id', '+6281200009001',
       '{"link": "secret"}', now(), now(), $4, $5, now() - make_interval(days => $6))`,
    [String(index), region, channel, state, fault, daysAgo],
  )

test('figures of the own region, each with its rows, and never an address', async () => {
  const overview = (await ask('city', '/overview')).json<MessageOverview>()
  assert.deepEqual([overview.real, overview.days, overview.canResume], [false, 7, false])
  const [whatsapp, email] = overview.channels
  assert.deepEqual(
    whatsapp?.states.toSorted((a, b) => (a.state < b.state ? -1 : 1)),
    [
      { state: 'failed', count: 1 },
      { state: 'read', count: 2 },
      { state: 'undelivered', count: 1 },
      { state: 'waiting', count: 1 },
    ],
  )
  assert.deepEqual(whatsapp.faults.map((one) => one.fault).toSorted(), ['not_reachable', 'provider_199999'])
  assert.deepEqual(email?.states, [{ state: 'sent', count: 1 }])
  for (const channel of overview.channels) {
    for (const { state, count } of channel.states) {
      const page = (await ask('city', `?channel=${channel.channel}&state=${state}`)).json<MessagePage>()
      assert.equal(page.items.length, count, `${channel.channel} ${state}`)
    }
    for (const { fault, count } of channel.faults) {
      const page = (await ask('city', `?channel=${channel.channel}&fault=${fault}`)).json<MessagePage>()
      assert.equal(page.items.length, count, fault)
    }
  }
  const all = await ask('auditor', '?days=30&limit=3')
  assert.doesNotMatch(all.body, /62812|secret/)
  const first = all.json<MessagePage>()
  const second = (await ask('auditor', `?days=30&limit=3&after=${first.next}`)).json<MessagePage>()
  const third = (await ask('auditor', `?days=30&limit=3&after=${second.next}`)).json<MessagePage>()
  const ids = [first, second, third].flatMap((page) => page.items.map((one) => one.id))
  assert.deepEqual([new Set(ids).size, third.next], [8, null])
  assert.equal((await ask('officer', '/overview')).statusCode, 403)
})

test('a channel that was stopped is started again by an administrator of the nation', async () => {
  assert.equal((await ask('nation', '/channels/whatsapp/resume', 'POST')).statusCode, 409, 'it runs')
  await sql(`update message_channel set stopped_at = now(), fault = 'token', settings = 'x' where channel = 'whatsapp'`)
  const stopped = (await ask('nation', '/overview')).json<MessageOverview>()
  assert.equal(stopped.channels[0]?.stopped?.fault, 'token')
  assert.equal(stopped.canResume, true)
  for (const who of ['city', 'auditor', 'officer'] as const)
    assert.equal((await ask(who, '/channels/whatsapp/resume', 'POST')).statusCode, 403, who)
  assert.equal((await ask('nation', '/channels/whatsapp/resume', 'POST')).statusCode, 204)
  assert.equal((await ask('nation', '/overview')).json<MessageOverview>().channels[0]?.stopped, null)
  const [told] = await sql(
    `select actor_role from audit_entry where subject = 'message_channel' and subject_id = 'whatsapp' order by id desc limit 1`,
  )
  assert.ok(told)
})
