import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeRound } from '#test/support/rounds.ts'
import { recordContactAsSystem, stopContact } from '#src/people/contacts/index.ts'
import { findReplyHandler, noteStatuses, setUpMessages } from '#src/platform/messages/index.ts'
import { sendDue } from '#src/platform/messages/sending.ts'
import { settleStatuses } from '#src/platform/messages/statuses.ts'
import { remindAskings } from './reminding.ts'
import { subjectOf, TOPIC } from './rows.ts'
import type { Askable, AskableFamilies, Askings, Question, Questions, QuestionsQuery, Visited, VisitTask } from './schema.ts' // prettier-ignore

const CITY = '32.75'
const A = '32.75.01.1002'
const B = '32.75.01.1003'
const clock = { now: new Date('2026-11-21T02:00:00Z') }
const { db, sql } = await testDatabase({ clock: () => clock.now })
const app = await testApp(db)
const issuer = { secret: app.secret, baseUrl: app.baseUrl }
const city = await signedIn(db, { role: 'supervisor', regionCode: CITY })
const village = await signedIn(db, { role: 'officer', regionCode: A })
const pillar = await signedIn(db, { role: 'pillar', regionCode: A })
const handed = await signedIn(db, { role: 'pillar', regionCode: A })
/** Time passes, and people are still signed in. */
const later = async (at: string) => {
  clock.now = new Date(at)
  await sql(
    `update session set created_at = $1::timestamptz, last_seen_at = $1::timestamptz, expires_at = $1::timestamptz + interval '8 hours'`,
    [at],
  )
}
const log = { info: () => {}, warn: () => {}, error: () => {} }
after(setUpMessages({ whatsapp: null, email: null }, app.secret, true))

const call = async <T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) => {
  const answer = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  assert.ok(answer.statusCode < 500, answer.body)
  return { status: answer.statusCode, body: answer.json<T & { code?: string }>() }
}
/** The first families of A and B, in the order of `families`: who gave what contact. */
const makePeople = async () => {
  const round = await makeRound(sql, {
    region: CITY,
    families: Array.from({ length: 20 }, (_, at) => ({
      village: at < 14 ? A : B,
      name: `Bu Rahasia ${at}`,
      state: 'delivered' as const,
      handovers: [{ by: handed.accountId }],
    })),
  })
  await sql(
    `insert into family (id, region_code, head_id, payee_id, status, member_count, valid_from, known_from, last_seq)
     select f.id, f.region, f.id, f.id, 'active', 1, '2026-01-01', '2026-01-01', 1 from unnest($1::uuid[], $2::text[]) f (id, region)`,
    [round.families, round.families.map((_, at) => (at < 14 ? A : B))],
  )
  return round
}
const round = await makePeople()
const next = await makePeople()
const contact = (familyId: string, kind: 'whatsapp' | 'email', value: string, agreed = true) =>
  db.asSystem('test: a contact', (tx) =>
    recordContactAsSystem(tx, { familyId, id: uuid(), kind, value, agreed, source: 'desk' }),
  )
// 0–7 by WhatsApp, 8 by e-mail, 9 gave a number and did not agree, the others gave none.
for (const [at, family] of round.families.slice(0, 8).entries())
  await contact(family, 'whatsapp', `0812 0000 90${String(at).padStart(2, '0')}`)
await contact(round.families[8] ?? '', 'email', 'bu.rahasia@contoh.id')
await contact(round.families[9] ?? '', 'whatsapp', '0812 0000 9009', false)

type Sent = { id: string; subject_id: string; template: string; state: string; address: string; not_before: Date; params: object; buttons: object } // prettier-ignore
const messages = () => sql<Sent>(`select * from message order by template, subject_id`)
/** What WhatsApp says of the messages to some families. */
const told = async (status: 'delivered' | 'read' | 'failed', families: readonly (string | undefined)[], fault: string | null = null) => {
  const rows = (await messages()).filter((one) => families.includes(one.subject_id.split('/')[1]))
  await db.asSystem('test: what the provider says', (tx) =>
    noteStatuses(tx, rows.map((one) => ({ providerId: `wamid.${one.id}`, status, messageId: one.id, fault, at: clock.now }))), // prettier-ignore
  )
  while ((await settleStatuses(db)) > 0);
} // prettier-ignore
const questions = async (query: QuestionsQuery = {}) => {
  const asked = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
  return (await call<Questions>(city, 'GET', `rounds/${round.id}/questions?${asked}`)).body
}
const askings = async () => (await call<Askings>(city, 'GET', `rounds/${round.id}/askings`)).body
let codes = new Map<string, string>()
const reply = (family: string | undefined, button: string, at = clock.now) => {
  const handler = findReplyHandler(TOPIC)
  assert.ok(handler)
  return handler({ db, ...issuer }, { button, token: codes.get(family ?? '') ?? 'AAAA-BBBB-CCCC', locale: 'id', at })
}

test('before the draw: how many could be reached, and which families these are', async () => {
  const { body } = await call<Askable>(city, 'GET', `rounds/${round.id}/askings/askable`)
  assert.deepEqual(
    [body.channels, body.sendsForReal, body.delivered, body.reachable, body.villages.map((one) => one.reachable)],
    [['whatsapp', 'email'], false, 20, 9, [9, 0]],
  )
  for (const reachable of [true, false])
    for (const one of body.villages) {
      const rows = await call<AskableFamilies>(city, 'GET', `rounds/${round.id}/askings/askable/families?region=${one.code}&reachable=${reachable}`) // prettier-ignore
      const figure = reachable ? one.reachable : one.delivered - one.reachable
      assert.deepEqual([rows.body.total, rows.body.items.length], [figure, figure])
    }
  const here = await call<Askable>(village, 'GET', `rounds/${round.id}/askings/askable`)
  assert.deepEqual([here.body.delivered, here.body.villages.length], [14, 1])
  assert.equal((await call(village, 'GET', `rounds/${round.id}/askings/askable/families?region=${B}`)).status, 404)
  assert.equal((await call(pillar, 'GET', `rounds/${round.id}/askings/askable`)).status, 403)
})

test('a draw writes once to those who agreed, also when it is pressed twice at once; the words hold a link and nobody', async () => {
  const draws = await Promise.all(
    ['a', 'b', 'c'].map((seed) => call<Askings>(city, 'POST', `rounds/${round.id}/askings`, { door: 'message', size: 20, seed })), // prettier-ignore
  )
  assert.deepEqual(draws.map((one) => one.status).toSorted(), [201, 409, 409])
  const all = await messages()
  assert.deepEqual(all.map((one) => one.subject_id.split('/')[1]).toSorted(), round.families.slice(0, 9).toSorted())
  codes = new Map((await questions()).items.map((one) => [one.familyId, one.code ?? '']))
  for (const one of all) {
    const said = JSON.stringify([one.params, one.buttons])
    assert.ok(said.includes(`http://localhost/tanya/${codes.get(one.subject_id.split('/')[1] ?? '')}`), said)
    assert.doesNotMatch(said, /Rahasia|9999|300\.?000|\+62/)
    assert.match(said, /Senin, 21 Desember 2026.*November 2026/)
  }
  const stands = (await askings()).all.messages
  assert.deepEqual(stands, [{ stands: 'no_contact', count: 11 }, { stands: 'waiting', count: 9 }]) // prettier-ignore
  await sendDue({ db, log })
  await told('delivered', round.families.slice(0, 4))
  await told('read', round.families.slice(2, 4))
  await told('failed', [round.families[7]], 'not_reachable')
})

test('a button that says no opens the complaint of that very delivery; pressed again, late or unknown it says so plainly', async () => {
  const [first, second] = round.families
  const yes = await reply(first, 'received')
  assert.match(yes.text, /http:\/\/localhost\/tanya\/[0-9A-Z-]{14} /)
  assert.deepEqual((await questions({ state: 'answered' })).items, [])
  const no = await reply(second, 'not_received')
  const [, number, secret] = /aduan ([0-9A-Z]{4}-[0-9A-Z]{4})\. Kode rahasianya ([0-9A-Z]{4}-[0-9A-Z]{4})\./.exec(no.text) ?? [] // prettier-ignore
  assert.ok(number && secret, no.text)
  const tracked = await app.inject({ method: 'GET', url: '/api/tracking', headers: { host: 'localhost', 'x-tracking': `${number} ${secret}` } }) // prettier-ignore
  assert.equal(tracked.statusCode, 200)
  const [tied] = await sql<{ family_id: string; cause: string; number: string }>(
    `select d.family_id, d.cause, c.number from complaint_delivery d join complaint c on c.id = d.complaint_id`,
  )
  assert.deepEqual(tied, { family_id: second, cause: 'not_received', number })
  for (const button of ['not_received', 'received'])
    assert.match((await reply(second, button)).text, /sudah dijawab.*\/aduan\/baru/)
  assert.equal((await sql('select 1 from complaint_delivery')).length, 1)
  // Pressed twice at once: one of them is the answer.
  const twice = await Promise.all(['x', 'y'].map(() => reply(round.families[2], 'not_received')))
  assert.deepEqual(twice.map((one) => /Kode rahasianya/.test(one.text)).toSorted(), [false, true])
  assert.match((await reply(undefined, 'not_received')).text, /tidak kami temukan/)
  const { now } = clock
  clock.now = new Date('2026-12-25T02:00:00Z')
  assert.match((await reply(round.families[3], 'not_received')).text, /sudah lewat/)
  clock.now = now
})

test('who has not answered is reminded once; answering and ending the contact keep the reminder away', async () => {
  assert.equal(await remindAskings(db, issuer), 0)
  await later('2026-11-24T14:00:00Z')
  await db.asSystem('test: they want no more', (tx) => stopContact(tx, 'whatsapp', '+6281200009006'))
  await Promise.all([remindAskings(db, issuer), remindAskings(db, issuer)])
  assert.equal(await remindAskings(db, issuer), 0)
  const reminders = (await messages()).filter((one) => one.template === 'delivery_question_again')
  // Of nine: two answered, one message never came, one wants no more.
  assert.deepEqual(
    reminders.map((one) => one.subject_id.split('/')[1]).toSorted(),
    [0, 3, 4, 5, 8].map((at) => round.families[at]).toSorted(),
  )
  // Nine in the evening: they wait for the morning, and one of them is answered before.
  assert.equal(reminders[0]?.not_before.toISOString(), '2026-11-25T01:00:00.000Z')
  const answered = await app.inject({
    method: 'POST',
    url: '/api/distribution/questions',
    headers: { host: 'localhost' },
    payload: {
      code: codes.get(round.families[4] ?? ''),
      received: true,
      amount: 300_000,
      cut: true,
      cutAmount: 20_000,
    },
  })
  assert.equal(answered.statusCode, 200, answered.body)
  const state = async (at: number) =>
    (await messages()).find((one) => one.template === 'delivery_question_again' && one.subject_id.endsWith(round.families[at] ?? '?'))?.state // prettier-ignore
  assert.deepEqual([await state(4), await state(5)], ['cancelled', 'waiting'])
  await later('2026-11-25T02:00:00Z')
  await sendDue({ db, log })
  assert.deepEqual([await state(4), await state(5)], ['cancelled', 'sent'])
  assert.equal((await questions({ reminded: true })).total, (await askings()).all.reminded)
  assert.equal((await askings()).all.reminded, 4)
})

test('whom no message reached is visited instead, by somebody who did not hand out there; the second time nobody is left', async () => {
  const before = await questions({ reach: 'unreached' })
  // Eleven without a contact, and the one whose message failed.
  assert.equal(before.total, 12)
  assert.equal((await call(pillar, 'POST', `rounds/${round.id}/askings/visits`, {})).status, 403)
  assert.equal((await call(village, 'POST', `rounds/${round.id}/askings/visits`, { region: B })).status, 404)
  const mine = await call<Visited>(village, 'POST', `rounds/${round.id}/askings/visits`, {})
  assert.deepEqual(mine.body, { visited: 6, villages: 1 })
  assert.deepEqual((await call<Visited>(city, 'POST', `rounds/${round.id}/askings/visits`, {})).body, { visited: 6, villages: 1 }) // prettier-ignore
  assert.deepEqual((await call<Visited>(city, 'POST', `rounds/${round.id}/askings/visits`, {})).body, { visited: 0, villages: 0 }) // prettier-ignore
  const tasks = (await call<VisitTask[]>(pillar, 'GET', 'distribution/visits')).body
  assert.deepEqual(
    tasks.map((one) => one.familyId).toSorted(),
    [7, 9, 10, 11, 12, 13].map((at) => round.families[at]).toSorted(),
  )
  assert.deepEqual((await call<VisitTask[]>(handed, 'GET', 'distribution/visits')).body, [])
  const [task] = tasks
  const heard = await call(pillar, 'POST', `distribution/visits/${task?.askingId}/${task?.familyId}`, { received: true, amount: 300_000, cut: false }) // prettier-ignore
  assert.equal(heard.status, 200)
  // Their code is still good.
  const other = tasks[1]?.familyId ?? ''
  assert.equal((await app.inject({ method: 'GET', url: `/api/distribution/questions/${codes.get(other)}`, headers: { host: 'localhost' } })).statusCode, 200) // prettier-ignore
})

test('every figure is the number of rows it opens to; states add up to everybody asked; the file has the same rows', async () => {
  const { all, villages } = await askings()
  assert.equal(all.messages.reduce((sum, one) => sum + one.count, 0), all.asked) // prettier-ignore
  const figures: [Omit<QuestionsQuery, 'region'>, keyof (typeof villages)[number] & keyof typeof all][] = [
    [{}, 'asked'],
    [{ state: 'answered' }, 'answered'],
    [{ state: 'waiting' }, 'waiting'],
    [{ state: 'not_met' }, 'notMet'],
    [{ received: true }, 'received'],
    [{ received: false }, 'notReceived'],
    [{ cut: true }, 'cuts'],
    [{ disputed: true }, 'disputed'],
    [{ reach: 'reached' }, 'reached'],
    [{ reach: 'unreached' }, 'unreached'],
    [{ reach: 'visited' }, 'visited'],
    [{ reminded: true }, 'reminded'],
  ]
  for (const [query, figure] of figures) {
    const rows = await questions(query)
    assert.equal(rows.total, rows.items.length, figure)
    if (all[figure] !== null) assert.equal(rows.total, all[figure], figure)
    for (const one of villages) {
      const inside = await questions({ ...query, region: one.code })
      assert.equal(inside.total, inside.items.length)
      if (one[figure] !== null) assert.equal(inside.total, one[figure], `${figure} of ${one.code}`)
    }
  }
  for (const { stands, count } of all.messages) {
    const rows = await questions({ message: stands })
    assert.deepEqual([rows.total, rows.items.every((one: Question) => one.message.stands === stands)], [count, true])
  }
  // Not vacuous: something of everything, and few answers stay hidden.
  assert.deepEqual([all.answered, all.received, all.notReceived, all.cuts, all.cutTotal, all.visited], [null, null, null, null, null, 12]) // prettier-ignore
  await sql(`update distribution_term set amount = 2 where key = 'asking_small'`)
  const shown = await askings()
  assert.equal((shown.all.answered ?? 0) + (shown.all.waiting ?? 0) + (shown.all.notMet ?? 0), 20)
  assert.deepEqual(
    [shown.all.answered, shown.all.received, shown.all.notReceived, shown.all.cuts, shown.all.cutTotal, shown.all.meanCut],
    [4, 2, 2, 1, 20_000, 5_000],
  ) // prettier-ignore
  assert.equal((await questions({ cut: true })).cutTotal, 20_000)
  assert.deepEqual(shown.villages.map((one) => [one.hidden, one.received, one.notReceived]), [[false, 2, 2], [true, null, null]]) // prettier-ignore
  for (const [query, figure] of figures) assert.equal((await questions(query)).total, shown.all[figure], figure)
  const file = await app.inject({ method: 'GET', url: `/api/rounds/${round.id}/questions/export.csv?reach=visited`, headers: { host: 'localhost', cookie: city.cookie } }) // prettier-ignore
  assert.equal(file.body.trim().split('\r\n').length, 13)
  assert.match(file.body, /Tidak sampai;[^;]*;not_reachable/)
})

test('whatever becomes of messages, every family asked is in one state, and reached, unreached and the rest are told apart', async () => {
  const states = fc.constantFrom('waiting', 'sending', 'sent', 'delivered', 'read', 'undelivered', 'failed', 'expired', 'cancelled') // prettier-ignore
  const all = await messages()
  await fc.assert(
    fc.asyncProperty(fc.array(states, { minLength: all.length, maxLength: all.length }), async (given) => {
      await sql(`update message m set state = x.state from unnest($1::uuid[], $2::text[]) x (id, state) where m.id = x.id`, [all.map((one) => one.id), given]) // prettier-ignore
      const found = (await askings()).all
      assert.equal(found.messages.reduce((sum, one) => sum + one.count, 0), found.asked) // prettier-ignore
      const families = new Map<string, string[]>()
      for (const [at, one] of all.entries())
        families.set(one.subject_id, [...(families.get(one.subject_id) ?? []), given[at] ?? ''])
      const reached = [...families.values()].filter((one) => one.includes('delivered') || one.includes('read')).length
      assert.equal(found.reached, reached)
      assert.equal((await questions({ reach: 'reached' })).total, reached)
      for (const { stands, count } of found.messages) assert.equal((await questions({ message: stands })).total, count)
    }),
    { numRuns: 6 },
  )
})

test('whoever asked for no more messages is not written to in the next draw, and one draw asks nobody twice', async () => {
  await contact(next.families[0] ?? '', 'whatsapp', '0812 0000 9100')
  await contact(next.families[1] ?? '', 'whatsapp', '0812 0000 9101')
  await db.asSystem('test: they want no more', (tx) => stopContact(tx, 'whatsapp', '6281200009101'))
  await call(city, 'POST', `rounds/${next.id}/askings`, { door: 'message', size: 20 })
  const queued = (await messages()).filter((one) => next.families.includes(one.subject_id.split('/')[1] ?? ''))
  const [asking] = await sql<{ id: string }>('select id from delivery_asking where round_id = $1', [next.id])
  assert.deepEqual(
    queued.map((one) => one.subject_id),
    [subjectOf(asking?.id ?? '', next.families[0] ?? '')],
  )
})
