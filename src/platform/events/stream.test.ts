import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { withClient } from '#src/platform/db/owner.ts'
import { signedIn } from '#test/support/accounts.ts'
import { openLive } from '#test/support/live.ts'
import { testDatabase, testServerUrl } from '#test/support/postgres.ts'
import { emit, type NewEvent } from './index.ts'
import { pruneEvents } from './log.ts'

const { db, sql } = await testDatabase({ max: 10 })
const app = await buildApp({
  db,
  files: {} as FileStore,
  baseUrl: 'http://127.0.0.1',
  secret: Buffer.alloc(32, 7),
  events: { heartbeatMs: 150, streamsPerSession: 3 },
})
after(() => app.close())
const url = await app.listen({ port: 0, host: '127.0.0.1' })

const tell = (subjectId: string, regionCode: string | null, more: Partial<NewEvent> = {}) =>
  db.asSystem('test', (tx) => emit(tx, { kind: 'test.told', subject: 'test', subjectId, regionCode, ...more }))

const superuser = await testServerUrl('postgres', 'postgres')
const [here] = await sql<{ name: string }>('select current_database() as name')
const cutListeners = () =>
  withClient(superuser, {}, async (client) => {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'pilar-listen'`,
      [here?.name],
    )
    return rowCount
  })

/** Waits until so many readers hold a connection, as the server sees it. */
async function connected(count: number) {
  const open = () =>
    new Promise<number>((resolve, reject) =>
      app.server.getConnections((error, n) => (error ? reject(error) : resolve(n))),
    )
  for (let tries = 0; tries < 3000 && (await open()) !== count; tries++) await sleep(20)
  assert.equal(await open(), count, 'connections')
}

const listeners = async () =>
  (await sql(`select 1 from pg_stat_activity where datname = current_database() and application_name = 'pilar-listen'`))
    .length

const officer = await signedIn(db, { role: 'officer', regionCode: '32.75.05.1003' })
const supervisor = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '00' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: '32.75.05.1003' })

test('everybody hears of the own region, an account of what is directed to it, and nobody of anything else', async () => {
  const [a, b, c, d] = await Promise.all([officer, supervisor, auditor, pillar].map((one) => openLive(url, one.cookie)))
  assert.ok(a && b && c && d)
  assert.equal(a.headers['content-type'], 'text/event-stream; charset=utf-8')
  for (const one of [a, b, c, d]) assert.ok(await one.until(() => one.messages[0]?.event === 'ready'))
  await tell('village', '32.75.05.1003')
  await tell('neighbour', '32.75.05.1004')
  await tell('elsewhere', '33.13')
  await tell('to the pillar', null, { accountId: pillar.accountId })
  await tell('to the officer', '33.13', { accountId: officer.accountId })
  await tell('end', null, { accountId: officer.accountId })
  await tell('last', '32.75.05.1003')
  assert.ok(await c.until(() => c.told().includes('last')))
  assert.ok(await a.until(() => a.told().includes('last')))
  assert.ok(await b.until(() => b.told().includes('last')))
  assert.ok(await d.until(() => d.told().length > 0))
  assert.deepEqual(a.told(), ['village', 'to the officer', 'end', 'last'])
  assert.deepEqual(b.told(), ['village', 'neighbour', 'last'])
  assert.deepEqual(c.told(), ['village', 'neighbour', 'elsewhere', 'to the officer', 'last'])
  assert.deepEqual(d.told(), ['to the pillar'])
  for (const one of [a, b, c, d]) one.close()
})

test('who was away is told what was missed, by the header or the address, in order and once', async () => {
  const first = await openLive(url, officer.cookie)
  assert.ok(await first.until(() => first.messages.length > 0))
  await tell('1', '32.75.05.1003')
  assert.ok(await first.until(() => first.told().includes('1')))
  const place = first.lastId()
  assert.ok(place)
  first.close()
  // More than one batch, and some that are not for this reader.
  await sql(`insert into event_log (kind, subject, subject_id, region_code)
    select 'test.told', 'test', n::text, case when n % 3 = 0 then '33.13' else '32.75.05.1003' end from generate_series(2, 1800) n`)
  const expected = Array.from({ length: 1799 }, (_, n) => String(n + 2)).filter((n) => Number(n) % 3 !== 0)
  const [byHeader, byAddress] = await Promise.all([
    openLive(url, officer.cookie, { lastEventId: place }),
    openLive(url, officer.cookie, { after: place }),
  ])
  for (let n = 1801; n < 1811; n++) await tell(String(n), '32.75.05.1003')
  const all = [...expected, ...Array.from({ length: 10 }, (_, n) => String(n + 1801))]
  for (const one of [byHeader, byAddress]) {
    assert.ok(await one.until(() => one.told().includes('1810')), `${one.told().length}`)
    assert.deepEqual(one.told(), all)
    one.close()
  }
})

test('the line is kept open, and even who hears nothing gets on', async () => {
  const one = await openLive(url, officer.cookie)
  assert.ok(await one.until(() => one.comments() >= 1))
  const before = one.lastId()
  await tell('not for this one', '33.13')
  assert.ok(await one.until(() => one.lastId() !== before))
  assert.deepEqual(one.told(), [])
  one.close()
})

test('who asks for what is no longer kept, or comes from another database, is told to start anew', async () => {
  const one = await openLive(url, officer.cookie)
  assert.ok(await one.until(() => one.messages.length > 0))
  await tell('old', '32.75.05.1003')
  assert.ok(await one.until(() => one.told().includes('old')))
  one.close()
  const place = one.lastId()
  assert.ok(place)
  const pruned = await db.asSystem('test', (tx) => pruneEvents(tx, new Date(Date.now() + 4 * 24 * 3_600_000)))
  assert.ok(pruned > 0)
  const [old, strange, exact] = await Promise.all([
    openLive(url, officer.cookie, { after: '3.1' }),
    openLive(url, officer.cookie, { after: '9000000000.1' }),
    openLive(url, officer.cookie, { after: place }),
  ])
  for (const reader of [old, strange]) assert.ok(await reader.until(() => reader.messages[0]?.event === 'reset'))
  assert.ok(
    await exact.until(() => exact.messages[0]?.event === 'ready'),
    'nothing was missed up to the last that was pruned',
  )
  await tell('new', '32.75.05.1003')
  for (const reader of [old, strange, exact]) {
    assert.ok(await reader.until(() => reader.told().includes('new')))
    reader.close()
  }
  await sleep(50)
})

test('after the database threw everybody out nothing is missing', async () => {
  const one = await openLive(url, officer.cookie)
  assert.ok(await one.until(() => one.messages.length > 0))
  for (let round = 0; round < 3; round++) {
    assert.equal(await cutListeners(), 1)
    for (let n = 0; n < 5; n++) await tell(`${round}/${n}`, '32.75.05.1003')
    assert.ok(await one.until(() => one.told().includes(`${round}/4`)))
    for (let tries = 0; tries < 3000 && (await listeners()) === 0; tries++) await sleep(20)
  }
  assert.deepEqual(
    one.told(),
    [0, 1, 2].flatMap((round) => [0, 1, 2, 3, 4].map((n) => `${round}/${n}`)),
  )
  one.close()
})

test('a page ends with its session, its assignment, its account, or by idleness; others go on', async () => {
  const ways: [string, (who: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>][] = [
    ['signed out', (who) => sql(`update session set ended_at = now() where id = '${who.sessionId}'`)],
    ['another assignment', (who) => sql(`update session set assignment_id = null where id = '${who.sessionId}'`)],
    ['assignment ended', (who) => sql(`update assignment set ended_at = now() where id = '${who.actor.assignmentId}'`)],
    ['account closed', (who) => sql(`update account set active = false where id = '${who.accountId}'`)],
    [
      'idle',
      (who) => sql(`update session set last_seen_at = now() - interval '3 hours' where id = '${who.sessionId}'`),
    ],
    ['too old', (who) => sql(`update session set expires_at = now() where id = '${who.sessionId}'`)],
  ]
  const stays = await openLive(url, supervisor.cookie)
  for (const [what, end] of ways) {
    const who = await signedIn(db, { role: 'officer', regionCode: '32.75.05.1003' })
    const page = await openLive(url, who.cookie)
    assert.ok(await page.until(() => page.messages.length > 0))
    assert.equal(page.ended(), false)
    await end(who)
    assert.ok(await page.until(() => page.ended()), what)
    assert.equal(page.messages.at(-1)?.event, 'ended', what)
    const again = await app.inject({ url: '/api/events', headers: { cookie: who.cookie } })
    assert.ok([401, 403].includes(again.statusCode), `${what}: ${again.statusCode}`)
  }
  assert.equal(stays.ended(), false)
  stays.close()
})

test('one session has a few pages and not many, and who does not read is cut off and resumes', async () => {
  const who = await signedIn(db, { role: 'officer', regionCode: '32.75.05.1003' })
  const pages = [await openLive(url, who.cookie), await openLive(url, who.cookie), await openLive(url, who.cookie)]
  const fourth = await app.inject({ url: '/api/events', headers: { cookie: who.cookie } })
  assert.equal(fourth.statusCode, 429)
  assert.equal(fourth.headers['retry-after'], '30')
  for (const page of pages.slice(1)) page.close()
  const [slow] = pages
  assert.ok(slow && (await slow.until(() => slow.messages.length > 0)))
  await connected(1)
  slow.stall()
  const filler = 'x'.repeat(4000)
  // Through the buffers of two sockets and ours: 24 MB.
  await sql(`insert into event_log (kind, subject, subject_id, region_code, data)
    select 'test.told', 'flood', n::text, '32.75.05.1003', jsonb_build_object('filler', '${filler}') from generate_series(1, 6000) n`)
  await connected(0)
  slow.resume()
  assert.ok(await slow.until(() => slow.ended()), 'cut off')
  assert.ok(slow.told().length < 6000)
  const place = slow.lastId()
  assert.ok(place)
  const back = await openLive(url, who.cookie, { lastEventId: place })
  assert.ok(await back.until(() => slow.told().length + back.told().length >= 6000))
  assert.deepEqual(
    [...slow.told(), ...back.told()],
    Array.from({ length: 6000 }, (_, n) => String(n + 1)),
  )
  back.close()
})

test('closing the application ends its pages at once, without a word that would keep them away', async () => {
  const page = await openLive(url, supervisor.cookie)
  assert.ok(await page.until(() => page.messages.length > 0))
  // A stream has no end of its own: waiting for one would be waiting for ever.
  await app.close()
  assert.ok(await page.until(() => page.ended()))
  assert.ok(!page.messages.some((one) => one.event === 'ended'))
})
