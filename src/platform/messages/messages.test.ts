import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openProvider } from '#test/support/whatsapp-double.ts'
import { openMailbox } from '#test/support/smtp-double.ts'
import { testDatabase } from '#test/support/postgres.ts'
import {
  cancelMessages,
  messageChannels,
  type NewMessage,
  noteStatuses,
  queueMessages,
  sendsForReal,
  setUpMessages,
} from './index.ts'
import { messageJobs } from './jobs.ts'
import { sendDue } from './sending.ts'
import { settleStatuses } from './statuses.ts'

/** Ten in the morning in Jakarta, eleven in Makassar, noon in Jayapura. */
const morning = new Date('2026-11-23T03:00:00Z')
let now = morning
const { db, sql, appUrl } = await testDatabase({ clock: () => now, max: 8 })
const provider = await openProvider()
const mailbox = await openMailbox()
const secret = Buffer.alloc(32, 7)
const errors: object[] = []
const log = { info() {}, warn() {}, error: (values: object) => void errors.push(values) }
const settings = {
  whatsapp: { url: provider.url, phoneId: '1066', token: 'token-of-tests', appSecret: 'app', verifyToken: 'verify' },
  email: { url: mailbox.url, from: 'Pilar <pilar@contoh.example>' },
}
after(setUpMessages(settings, secret))

const jakarta = '32.75.01.1002'
let made = 0
const message = (given: Partial<NewMessage> = {}): NewMessage => ({
  topic: 'delivery_question',
  subjectId: `s${++made}`,
  template: 'delivery_question',
  channel: 'whatsapp',
  address: `+6281200009${String(made).padStart(3, '0')}`,
  regionCode: jakarta,
  locale: 'id',
  params: {
    programme: 'BPNT',
    period: 'November\n2026',
    link: 'https://pilar.example/tanya/abc',
    until: '30 November 2026',
  },
  buttons: { received: 'TOKEN', not_received: 'TOKEN' },
  expiresAt: new Date('2026-12-01T00:00:00Z'),
  ...given,
})
const queue = (...messages: NewMessage[]) => db.asSystem('test', (tx) => queueMessages(tx, messages))
const send = () => sendDue({ db, log })
const rowOf = async (one: NewMessage) =>
  (await sql('select * from message where subject_id = $1', [one.subjectId]))[0] ?? {}
const stateOf = async (one: NewMessage) => (await rowOf(one))['state']
/** Every test begins with nothing waiting, no channel at rest, and a provider that takes everything. */
async function fresh(at = morning) {
  now = at
  errors.length = 0
  provider.reset()
  mailbox.reset()
  await sql(`delete from message; `)
  await sql(`delete from message_status`)
  await sql(`update message_channel set paused_until = null, stopped_at = null, fault = null, settings = null`)
}

test('a message is queued once, with words and parameters that are there', async () => {
  await fresh()
  assert.deepEqual([messageChannels(), sendsForReal()], [['whatsapp', 'email'], true])
  const one = message()
  assert.equal(await queue(one, message()), 2)
  assert.equal(await queue(one, { ...one, address: '+6281200009999' }), 0, 'the same subject once')
  assert.equal((await rowOf(one))['address'], one.address)
  await assert.rejects(queue(message({ template: 'no_such_words' })), /there is no such template in force/)
  await assert.rejects(queue(message({ params: { programme: 'BPNT' } })), /the parameter period is missing/)
  await assert.rejects(queue(message({ buttons: { received: 'T' } })), /the button not_received has nothing/)
  await assert.rejects(queue(message({ buttons: { received: 'T'.repeat(300), not_received: 'T' } })), /too long/)
  await assert.rejects(queue(message({ address: '0812' })), /the address is not one of this channel/)
  await assert.rejects(
    queue(message({ channel: 'email', address: 'a@b, c@d' })),
    /the address is not one of this channel/,
  )
  assert.equal((await sql('select 1 from message')).length, 2)
})

test('by WhatsApp it goes as the approved template, its buttons with what comes back', async () => {
  await fresh()
  const one = message()
  await queue(one)
  assert.equal(await send(), 1)
  const row = await rowOf(one)
  const [asked] = provider.asked
  assert.equal(asked?.path, '/v24.0/1066/messages')
  assert.equal(asked?.headers['authorization'], 'Bearer token-of-tests')
  assert.deepEqual(asked?.body, {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: one.address,
    type: 'template',
    template: {
      name: 'pilar_tanya_penerimaan',
      language: { code: 'id' },
      components: [
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'BPNT' },
            { type: 'text', text: 'November 2026' },
            { type: 'text', text: 'https://pilar.example/tanya/abc' },
            { type: 'text', text: '30 November 2026' },
          ],
        },
        ...['received', 'not_received'].map((button, at) => ({
          type: 'button',
          sub_type: 'quick_reply',
          index: String(at),
          parameters: [{ type: 'payload', payload: `delivery_question:${button}:TOKEN` }],
        })),
      ],
    },
    biz_opaque_callback_data: row['id'],
  })
  assert.equal(row['state'], 'sent')
  assert.deepEqual(row['sent_at'], morning)
  assert.match(String(row['provider_id']), /^[\w-]{43}$/, 'a hash: the id of the provider holds the number')
})

test('by e-mail it goes as text and HTML, written by a machine, under an id that stays', async () => {
  await fresh()
  const one = message({
    channel: 'email',
    address: 'warga@contoh.example',
    params: { ...message().params, programme: 'Kopi & "Teh"' },
  })
  await queue(one)
  assert.equal(await send(), 1)
  const row = await rowOf(one)
  assert.equal(row['state'], 'sent')
  const [letter = { from: '', to: [], text: '' }] = mailbox.letters
  assert.deepEqual([letter.from, letter.to], ['pilar@contoh.example', ['warga@contoh.example']])
  assert.match(letter.text, new RegExp(`^Message-ID: <${String(row['id'])}@contoh\\.example>`, 'im'))
  assert.match(letter.text, /^Auto-Submitted: auto-generated/im)
  assert.match(letter.text, /Kopi & "Teh"/)
  assert.match(letter.text, /Kopi &#38; &#34;Teh&#34;/)
  assert.match(letter.text.replaceAll('=\r\n', ''), /<a href=3D"https:\/\/pilar\.example\/tanya\/abc">/)
})

test('two processes send each message once', async () => {
  await fresh()
  const other = (await import('#src/platform/db/index.ts')).connect(appUrl, { max: 4, clock: () => now })
  const many = Array.from({ length: 60 }, () => message())
  await queue(...many)
  const sent = await Promise.all([send(), sendDue({ db: other, log }), send()])
  await other.close()
  assert.equal(
    sent.reduce((sum, one) => sum + one, 0),
    60,
  )
  assert.ok(sent.filter((one) => one > 0).length > 1, 'more than one had work')
  const addresses = provider.asked.map((one) => (one.body as { to: string }).to)
  assert.deepEqual(addresses.toSorted(), many.map((one) => one.address).toSorted())
  assert.ok(provider.mostAtOnce <= 30)
})

test('what certainly did not arrive is tried again later and later, then given up', async () => {
  await fresh()
  const one = message()
  await queue(one)
  provider.answer = () => ({ status: 500, body: { error: { code: 131000 } } })
  const waits: number[] = []
  for (let tries = 0; tries < 5; tries++) {
    assert.equal(await send(), 0)
    const row = await rowOf(one)
    if (row['state'] === 'waiting') waits.push((Number(row['not_before']) - Number(now)) / 60_000)
    assert.equal(await send(), 0, 'not at once again')
    now = new Date(Number(row['not_before']))
  }
  assert.deepEqual(waits, [5, 10, 20, 40])
  assert.equal(provider.asked.length, 5)
  const { state, fault, tries } = await rowOf(one)
  assert.deepEqual({ state, fault, tries }, { state: 'failed', fault: 'provider', tries: 5 })
})

test('a refusal is understood by its code', async () => {
  await fresh()
  const codes: Record<number, [string, string | null]> = {
    131026: ['undelivered', 'not_reachable'],
    131047: ['failed', 'outside_window'],
    132001: ['failed', 'template'],
    131050: ['undelivered', 'opted_out'],
    199999: ['failed', 'provider_199999'],
  }
  for (const [code, [state, fault]] of Object.entries(codes)) {
    const one = message()
    await queue(one)
    provider.answer = () => ({ status: 400, body: { error: { code: Number(code) } } })
    await send()
    const row = await rowOf(one)
    assert.deepEqual([row['state'], row['fault']], [state, fault], code)
    assert.ok(row['ended_at'])
  }
  assert.equal(errors.length, 0)
})

test('too many at a time: the channel rests, and it counts as no try', async () => {
  await fresh()
  const one = message()
  await queue(one)
  provider.answer = () => ({ status: 400, body: { error: { code: 130429 } } })
  await send()
  assert.deepEqual([await stateOf(one), (await rowOf(one))['tries']], ['waiting', 0])
  provider.answer = undefined
  assert.equal(await send(), 0, 'it rests')
  now = new Date(now.getTime() + 5 * 60_000)
  assert.equal(await send(), 1)
})

test('a token that is refused stops its channel and no other, is told once, and a new one is tried at once', async () => {
  await fresh()
  const [one, two] = [message(), message()]
  const letter = message({ channel: 'email', address: 'warga@contoh.example' })
  provider.answer = () => ({ status: 401, body: { error: { code: 190 } } })
  await queue(one)
  await send()
  await queue(two, letter)
  assert.equal(await send(), 1, 'the letter goes')
  assert.deepEqual([await stateOf(one), await stateOf(two), await stateOf(letter)], ['waiting', 'waiting', 'sent'])
  assert.equal(provider.asked.length, 1)
  assert.deepEqual(errors, [{ channel: 'whatsapp', fault: 'token' }])
  provider.answer = undefined
  now = new Date(now.getTime() + 3_600_000)
  assert.equal(await send(), 0, 'until somebody acts')
  const close = setUpMessages({ ...settings, whatsapp: { ...settings.whatsapp, token: 'a-new-token' } }, secret)
  assert.equal(await send(), 2)
  const [channel] = await sql(`select stopped_at, fault from message_channel where channel = 'whatsapp'`)
  assert.deepEqual(channel, { stopped_at: null, fault: null })
  close()
  setUpMessages(settings, secret)
})

test('the token goes to the address that was configured and nowhere else', async () => {
  await fresh()
  await queue(message())
  provider.answer = () => ({ status: 307, body: {}, headers: { location: `${provider.url}/elsewhere` } })
  await send()
  assert.equal(provider.asked.length, 1)
  assert.deepEqual(errors, [{ channel: 'whatsapp', fault: 'redirected' }])
})

test('nothing goes at night, each zone by its own clock, and what expired or was taken back never', async () => {
  // 06.30 in Jakarta, 07.30 in Makassar, 08.30 in Jayapura.
  await fresh(new Date('2026-11-22T23:30:00Z'))
  const [wib, wita, wit] = [message(), message({ regionCode: '71.01' }), message({ regionCode: '92.02' })]
  await queue(wib, wita, wit)
  const states = async () => [await stateOf(wib), await stateOf(wita), await stateOf(wit)]
  assert.equal(await send(), 1)
  assert.deepEqual(await states(), ['waiting', 'waiting', 'sent'])
  now = new Date('2026-11-23T00:00:00Z')
  await send()
  assert.deepEqual(await states(), ['waiting', 'sent', 'sent'])
  now = new Date('2026-11-23T01:00:00Z')
  await send()
  assert.deepEqual(await states(), ['sent', 'sent', 'sent'])
  // Queued at eight in the evening: tomorrow at eight. A second try waits for the morning too.
  now = new Date('2026-11-23T13:00:00Z')
  const [late, gone, back] = [message(), message({ expiresAt: new Date('2026-11-24T00:30:00Z') }), message()]
  await queue(late, gone, back)
  assert.deepEqual((await rowOf(late))['not_before'], new Date('2026-11-24T01:00:00Z'))
  assert.equal(await db.asSystem('test', (tx) => cancelMessages(tx, back.topic, [back.subjectId, 'another'])), 1)
  now = new Date('2026-11-24T12:58:00Z')
  provider.answer = () => ({ status: 503, body: {} })
  await send()
  assert.deepEqual((await rowOf(late))['not_before'], new Date('2026-11-25T01:00:00Z'))
  provider.answer = undefined
  now = new Date('2026-11-25T13:30:00Z')
  assert.equal(await send(), 0, 'a process that was away the whole day waits for the morning')
  assert.deepEqual([await stateOf(gone), await stateOf(back)], ['expired', 'cancelled'])
  now = new Date('2026-11-26T01:00:00Z')
  assert.equal(await send(), 1)
})

test('an answer that got lost: WhatsApp is never asked twice, a status settles it, silence ends it; a letter goes again', async () => {
  await fresh()
  const [lost, settled] = [message(), message()]
  const letter = message({ channel: 'email', address: 'warga@contoh.example' })
  provider.answer = () => 'hang up'
  await queue(lost, settled)
  assert.equal(await send(), 0)
  // A process that was killed after it had asked leaves the same behind.
  await queue(letter)
  await sql(`update message set state = 'sending', tries = 1, asked_at = $2 where subject_id = $1`, [
    letter.subjectId,
    now,
  ])
  provider.answer = undefined
  assert.deepEqual(
    [await stateOf(lost), await stateOf(settled), await stateOf(letter)],
    ['sending', 'sending', 'sending'],
  )
  const { id } = await rowOf(settled)
  await db.asSystem('test', (tx) =>
    noteStatuses(tx, [{ providerId: 'wamid.x', status: 'delivered', messageId: String(id), fault: null, at: now }]),
  )
  await settleStatuses(db)
  assert.equal(await stateOf(settled), 'delivered')
  now = new Date(now.getTime() + 29 * 60_000)
  assert.equal(await send(), 0)
  now = new Date(now.getTime() + 60_000)
  assert.equal(await send(), 1, 'the letter')
  assert.equal(await stateOf(letter), 'sent')
  assert.deepEqual([(await rowOf(lost))['state'], (await rowOf(lost))['fault']], ['failed', 'outcome_unknown'])
  assert.equal(provider.asked.length, 2)
  // Better late: it had arrived after all.
  await db.asSystem('test', (tx) =>
    noteStatuses(tx, [{ providerId: 'wamid.y', status: 'read', messageId: null, fault: null, at: now }]),
  )
  await settleStatuses(db)
  assert.equal(await stateOf(lost), 'failed', 'a status of another message is none of ours')
  const late = String((await rowOf(lost))['id'])
  await db.asSystem('test', (tx) =>
    noteStatuses(tx, [{ providerId: 'wamid.z', status: 'sent', messageId: late, fault: null, at: now }]),
  )
  await settleStatuses(db)
  assert.deepEqual([(await rowOf(lost))['state'], (await rowOf(lost))['fault']], ['sent', null])
})

test('what is taken back on its way is not tried again', async () => {
  await fresh()
  const one = message()
  await queue(one)
  provider.answer = () => ({ status: 500, body: {} })
  provider.meanwhile = async () => {
    assert.equal(await db.asSystem('test', (tx) => cancelMessages(tx, one.topic, [one.subjectId])), 0)
  }
  await send()
  now = new Date(now.getTime() + 60 * 60_000)
  await send()
  assert.equal(await stateOf(one), 'expired')
  assert.equal(provider.asked.length, 1)
})

test('what a mail server refuses is understood: the receiver, later, and the sign-in', async () => {
  await fresh()
  const letter = () => message({ channel: 'email', address: 'warga@contoh.example' })
  const [unknown, later, ours] = [letter(), letter(), letter()]
  const refusing = async (one: NewMessage, command: 'RCPT' | 'MAIL', line: string) => {
    mailbox.refuse = { command, line }
    await queue(one)
    await send()
    mailbox.refuse = undefined
    return rowOf(one)
  }
  const a = await refusing(unknown, 'RCPT', '550 5.1.1 no such user')
  assert.deepEqual([a['state'], a['fault']], ['undelivered', 'not_reachable'])
  const b = await refusing(later, 'RCPT', '451 4.7.1 greylisted')
  assert.deepEqual([b['state'], b['fault'], b['tries']], ['waiting', 'provider', 1])
  const c = await refusing(ours, 'MAIL', '553 5.7.1 sender not allowed')
  assert.deepEqual([c['state'], c['tries']], ['waiting', 0])
  assert.deepEqual(errors, [{ channel: 'email', fault: 'sender' }])
})

test('addresses, parameters and tokens go some days after the end', async () => {
  await fresh()
  const [sent, waiting] = [message(), message()]
  await queue(sent)
  await send()
  await queue(waiting)
  const tidy = messageJobs.find((one) => one.name === 'messages.tidy')
  assert.ok(tidy)
  const work = tidy.work as (context: object, data: object) => Promise<void>
  now = new Date(morning.getTime() + 13 * 86_400_000)
  await work({ db }, {})
  assert.equal((await rowOf(sent))['address'], sent.address)
  now = new Date(morning.getTime() + 14 * 86_400_000)
  await work({ db }, {})
  const { address, params, buttons, state } = await rowOf(sent)
  assert.deepEqual({ address, params, buttons, state }, { address: null, params: {}, buttons: {}, state: 'sent' })
  assert.equal((await rowOf(waiting))['address'], waiting.address)
})

test('in a demonstration everything is marked as sent and nothing is', async () => {
  await fresh()
  const close = setUpMessages({ whatsapp: null, email: null }, secret, true)
  assert.deepEqual([messageChannels(), sendsForReal()], [['whatsapp', 'email'], false])
  const one = message()
  await queue(one)
  assert.equal(await send(), 1)
  assert.equal(await stateOf(one), 'sent')
  close()
  const none = setUpMessages({ whatsapp: null, email: null }, secret)
  assert.deepEqual([messageChannels(), sendsForReal()], [[], false])
  none()
  assert.equal(provider.asked.length + mailbox.letters.length, 0)
  setUpMessages(settings, secret)
})
