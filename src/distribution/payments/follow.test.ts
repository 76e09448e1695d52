import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { paper, registerDesk } from '#test/support/register-desk.ts'
import type { AccountsOf } from './schema.ts'

let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now) })
const app = await testApp(db)
const [HERE, THERE] = ['32.75.01.1002', '32.75.01.1003']
const desk = await signedIn(db, { role: 'officer', regionCode: HERE })
const nextDoor = await signedIn(db, { role: 'officer', regionCode: THERE })
const city = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const { post, registered, open } = registerDesk(app, desk)

const at = async (who: SignedIn, family: string, payload?: object) => {
  const answer = await app.inject({
    method: payload ? 'POST' : 'GET',
    url: `/api/distribution/accounts/${family}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: answer.statusCode, body: answer.json<AccountsOf & { code?: string }>() }
}
const seen = async (who: SignedIn, family: string) => {
  const { status, body } = await at(who, family)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items.map((one) => `${one.masked.slice(-4)} ${one.endedOn ?? 'in use'}`)
}
const set = async (who: SignedIn, family: string, number: string, since: string) =>
  (await at(who, family, { bank: 'BRI', number, holder: 'Sri', since, source: 'family' })).status
let cards = 0
const family = async (name: string) => {
  const kkNumber = `99990110012${String(71000 + ++cards)}`
  const { familyId } = await registered(desk, { family: { kkNumber } }, [{ name, relationship: 'head', birthDate: '1980-04-05' }]) // prettier-ignore
  await open(desk, familyId)
  return familyId
}

test('an account goes with its family to another village, with all that was before it', async () => {
  const moving = await family('Sri')
  const staying = await family('Wulan')
  assert.deepEqual([await set(desk, moving, '0099001111', '2026-02-01'), await set(desk, moving, '0099002222', '2026-03-01')], [201, 201]) // prettier-ignore
  await set(desk, staying, '0099003333', '2026-02-01')
  await open(city, moving)
  const moved = await post(city, `families/${moving}/moves`, { ...paper, effectiveOn: '2026-05-01', regionCode: THERE })
  assert.equal(moved.status, 200, JSON.stringify(moved.body))
  assert.equal((await at(desk, moving)).status, 404)
  await open(nextDoor, moving)
  assert.deepEqual(await seen(nextDoor, moving), ['2222 in use', '1111 2026-02-28'])
  assert.equal(await set(nextDoor, moving, '0099004444', '2026-05-10'), 201)
  assert.deepEqual(await seen(nextDoor, moving), ['4444 in use', '2222 2026-05-09', '1111 2026-02-28'])
  assert.deepEqual(await seen(desk, staying), ['3333 in use'])
})

test('it goes to the family its people join, where the account in use there stays so, and comes back when that is taken back', async () => {
  const [host, guest, poor] = [await family('Wulan'), await family('Sri'), await family('Rohani')]
  await set(desk, host, '0099005555', '2026-02-01')
  await set(desk, guest, '0099006666', '2026-01-01')
  await set(desk, guest, '0099007777', '2026-02-01')
  const join = async (to: string, from: string) => {
    now += 60_000
    const done = await post(desk, `families/${to}/joins`, { ...paper, effectiveOn: '2026-05-20', fromFamilyId: from })
    assert.equal(done.status, 200, JSON.stringify(done.body))
    return done.body.id
  }
  const undo = async (of: string, changeId: string, all: string[]) => {
    now += 60_000
    const undone = await post(desk, `families/${of}/take-backs`, { source: 'office', changeId })
    assert.equal(undone.status, 200, JSON.stringify(undone.body))
    for (const id of all) await open(city, id)
    assert.equal((await post(city, `changes/${undone.body.id}/check`, { accept: true })).status, 200)
  }
  const joined = await join(host, guest)
  assert.deepEqual(await seen(desk, host), ['5555 in use', '7777 2026-06-01', '6666 2026-01-31'])
  assert.deepEqual(await seen(desk, guest), [])
  // Once more, with all it has by then.
  const again = await join(poor, host)
  assert.deepEqual(await seen(desk, poor), ['5555 in use', '7777 2026-06-01', '6666 2026-01-31'])

  await undo(poor, again, [poor, host])
  assert.deepEqual([await seen(desk, poor), await seen(desk, host)], [[], ['5555 in use', '7777 2026-06-01', '6666 2026-01-31']]) // prettier-ignore
  await undo(host, joined, [host, guest])
  assert.deepEqual([await seen(desk, host), await seen(desk, guest)], [['5555 in use'], ['7777 in use', '6666 2026-01-31']]) // prettier-ignore
  assert.deepEqual(await sql(`select 1 from family_account where came_from <> '{}' or yielded_to is not null`), [])
})
