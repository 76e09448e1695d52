import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { onReply, queueMessages, setUpMessages } from '#src/platform/messages/index.ts'
import { openProvider } from '#test/support/whatsapp-double.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { answerInbound } from './answering.ts'
import { isStop } from './reading.ts'

let now = new Date('2026-11-23T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now, max: 6 })
const provider = await openProvider()
const secret = Buffer.alloc(32, 7)
const whatsapp = {
  url: provider.url,
  phoneId: '1066',
  token: 'token-of-tests',
  appSecret: 'app-secret',
  verifyToken: 'verify-token',
}
after(setUpMessages({ whatsapp, email: null }, secret))
const logged: string[] = []
const logger = { level: 'info', stream: { write: (line: string) => void logged.push(line) } }
const about = { db, files: {} as FileStore, baseUrl: 'https://pilar.example', secret }
const app = await buildApp({ ...about, whatsapp, logger })
const plain = await buildApp(about)
after(() => Promise.all([app.close(), plain.close()]))

const sign = (body: string | Buffer) => `sha256=${createHmac('sha256', whatsapp.appSecret).update(body).digest('hex')}`
const post = (body: string | Buffer, headers: Record<string, string> = { 'x-hub-signature-256': sign(body) }) =>
  app.inject({
    method: 'POST',
    url: '/api/channels/whatsapp',
    payload: body,
    headers: { 'content-type': 'application/json', ...headers },
  })
const delivery = (value: object) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: { messaging_product: 'whatsapp', metadata: { phone_number_id: '1066' }, ...value },
          },
        ],
      },
    ],
  })
let ids = 0
const from = '6281200009001'
const inbound = (message: object) => ({
  id: `wamid.in${++ids}`,
  from,
  timestamp: String(now.getTime() / 1000),
  ...message,
})
const says = (body: string, more: object = {}) => inbound({ type: 'text', text: { body }, ...more })
const presses = (payload: string, more: object = {}) =>
  inbound({ type: 'button', button: { payload, text: 'Sudah' }, ...more })
const take = async (...messages: object[]) => assert.equal((await post(delivery({ messages }))).statusCode, 200)
const work = () => answerInbound({ db, log: app.log, secret, baseUrl: about.baseUrl })
const answers = () => provider.asked.map(({ body }) => body as { to: string; type: string; text: { body: string } })
const outcomes = async () =>
  (await sql<{ outcome: string }>('select outcome from message_inbound order by outcome')).map((one) => one.outcome)
async function fresh() {
  now = new Date(now.getTime() + 40 * 86_400_000)
  provider.reset()
  logged.length = 0
  await sql('delete from message_inbound_held')
  await sql('delete from message_inbound')
  await sql('delete from message_status')
  await sql('delete from message')
}

test('the handshake says the bare challenge back, to who knows the word', async () => {
  const shake = (query: Record<string, string>, on = app) => on.inject({ url: '/api/channels/whatsapp', query })
  const right = { 'hub.mode': 'subscribe', 'hub.verify_token': 'verify-token', 'hub.challenge': '1158201444' }
  const said = await shake(right)
  assert.deepEqual([said.statusCode, said.body], [200, '1158201444'])
  assert.match(String(said.headers['content-type']), /^text\/plain/)
  for (const wrong of [{ 'hub.verify_token': 'another' }, { 'hub.verify_token': '' }, { 'hub.mode': 'unsubscribe' }])
    assert.equal((await shake({ ...right, ...wrong })).statusCode, 403)
  assert.equal((await shake({})).statusCode, 403)
  assert.equal((await shake(right, plain)).statusCode, 404, 'no provider is configured')
})

test('nothing is read before its signature is right over the bytes as they came', async () => {
  await fresh()
  const body = delivery({ messages: [says('halo')] })
  const status = async (headers: Record<string, string>) => (await post(body, headers)).statusCode
  assert.equal(await status({}), 401)
  for (const wrong of [
    'sha256=',
    'sha256=00',
    `sha256=${'0'.repeat(64)}`,
    sign(`${body} `),
    sign(body).toUpperCase(),
    sign(body).slice(7),
    'x'.repeat(5000),
  ])
    assert.equal(await status({ 'x-hub-signature-256': wrong }), 403, wrong.slice(0, 20))
  assert.deepEqual(await outcomes(), [])
  assert.equal(
    (
      await plain.inject({
        method: 'POST',
        url: '/api/channels/whatsapp',
        payload: body,
        headers: { 'x-hub-signature-256': sign(body) },
      })
    ).statusCode,
    404,
  )
  // Escapes and spaces of the provider are part of what it signed.
  const theirs = body.replace('halo', '\\u0068alo').replaceAll(':', ' : ')
  assert.equal((await post(theirs)).statusCode, 200)
  assert.deepEqual(await outcomes(), ['waiting'])
  assert.doesNotMatch(logged.join(''), /6281200009001|halo/)
})

test('whatever is signed is answered 200, and what is understood among it is taken', async () => {
  await fresh()
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)
  for (const body of [
    '',
    '{',
    'null',
    '7',
    '"x"',
    '[]',
    deep,
    '\u0000',
    '{"entry":{}}',
    '{"entry":[null,{"changes":"x"}]}',
  ])
    assert.equal((await post(body)).statusCode, 200, body.slice(0, 20))
  const shape = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        null,
        true,
        0,
        -1,
        1e308,
        '',
        '\u0000',
        'text',
        'wamid.1',
        from,
        '1066',
        'read',
        'button',
        'a_topic:b:c',
        '\ud800',
      ),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'from',
          'type',
          'text',
          'body',
          'button',
          'payload',
          'status',
          'timestamp',
          'errors',
          'code',
          'biz_opaque_callback_data',
          '__proto__',
        ),
        tie('any'),
        { maxKeys: 5 },
      ),
    ),
  })).any
  await fc.assert(
    fc.asyncProperty(
      fc.array(shape, { maxLength: 3 }),
      fc.array(shape, { maxLength: 3 }),
      shape,
      async (messages, statuses, other) => {
        const good = says('halo')
        const response = await post(
          delivery({ messages: [...messages, good], statuses, contacts: other, unknown: other }),
        )
        assert.equal(response.statusCode, 200, response.body)
        assert.equal(
          (await sql(`select 1 from message_inbound_held where sender = $1 and act = 'lead_on'`, [`+${from}`]))
            .length >= 1,
          true,
        )
        await sql('delete from message_inbound_held')
      },
    ),
    { numRuns: 60 },
  )
  await fresh()
  await work()
  const many = JSON.stringify({
    entry: [
      {
        changes: [
          { value: { metadata: { phone_number_id: '9999' }, messages: [says('of another number')] } },
          { value: { messages: [says('a'), says('b')] } },
        ],
      },
      {
        changes: [
          { field: 'account_update', value: { event: 'x' } },
          { value: { messages: [inbound({ type: 'reaction' })] } },
        ],
      },
    ],
  })
  assert.equal((await post(many)).statusCode, 200)
  assert.deepEqual(await outcomes(), ['quiet', 'waiting', 'waiting'])
})

test('a button goes to its topic, once, and is answered in the conversation in the language it was asked in', async () => {
  await fresh()
  const given: object[] = []
  const deaf = onReply('delivery_question', async (context, one) => {
    given.push({ ...one, baseUrl: context.baseUrl })
    return { text: `Terima kasih (${one.token})` }
  })
  await db.asSystem('test', (tx) =>
    queueMessages(tx, [
      {
        topic: 'delivery_question',
        subjectId: 's',
        template: 'delivery_question',
        channel: 'whatsapp',
        address: `+${from}`,
        regionCode: '32.75',
        locale: 'en',
        params: { programme: 'P', period: 'N', link: 'L', until: 'U' },
        buttons: { received: 'CODE', not_received: 'CODE' },
        expiresAt: new Date(now.getTime() + 86_400_000),
      },
    ]),
  )
  const one = presses('delivery_question:not_received:CODE')
  await take(one, one)
  await take(one)
  assert.equal((await sql('select token from message_inbound_held'))[0]?.['token'], 'CODE')
  assert.equal(await work(), 1)
  assert.deepEqual(given, [
    { button: 'not_received', token: 'CODE', locale: 'en', at: now, baseUrl: 'https://pilar.example' },
  ])
  assert.deepEqual(
    answers().map(({ to, type, text }) => ({ to, type, text: text.body })),
    [{ to: `+${from}`, type: 'text', text: 'Terima kasih (CODE)' }],
  )
  assert.deepEqual(await outcomes(), ['answered'])
  assert.deepEqual(await sql('select * from message_inbound_held'), [], 'nothing is held any more')
  await take(
    inbound({
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: 'delivery_question:received:CODE', title: 'Sudah' } },
    }),
  )
  await work()
  assert.equal(given.length, 2)
  deaf()
  const kept =
    JSON.stringify(await sql('select * from message_inbound')) +
    JSON.stringify(await sql(`select * from audit_entry where subject like 'message_%'`))
  assert.doesNotMatch(kept + logged.join(''), /6281200009001|CODE|wamid/)
})

test('a button that cannot be worked is tried again, then the sender is told where to go', async () => {
  await fresh()
  let asked = 0
  const deaf = onReply('broken_topic', async () => {
    asked++
    throw new Error('quotes 6281200009001')
  })
  await take(presses('broken_topic:yes:T'))
  for (let tries = 0; tries < 3; tries++) {
    await work()
    now = new Date(now.getTime() + 6 * 60_000)
  }
  deaf()
  assert.equal(asked, 3)
  assert.deepEqual(await outcomes(), ['failed'])
  assert.match(answers()[0]?.text.body ?? '', /https:\/\/pilar\.example\/aduan\/baru/)
  assert.doesNotMatch(logged.join(''), /6281200009001/)
})

test('an answer that could not be sent is said again, and what it tells is done once', async () => {
  await fresh()
  let done = 0
  const deaf = onReply('once_topic', async () => ({ text: `jawaban ${++done}` }))
  provider.answer = () => ({ status: 500, body: {} })
  await take(presses('once_topic:yes:T'))
  await work()
  provider.answer = undefined
  now = new Date(now.getTime() + 10 * 60_000)
  await work()
  deaf()
  assert.deepEqual(
    answers().map(({ text }) => text.body),
    ['jawaban 1', 'jawaban 1'],
  )
  assert.deepEqual(await outcomes(), ['answered'])
})

test('who says stop is not written to again, and told so once', async () => {
  for (const words of [
    'BERHENTI',
    ' berhenti. ',
    'Stop!',
    'S T O P',
    '*BERHENTI*',
    'stop ya',
    'tolong berhenti',
    'ｓｔｏｐ',
  ])
    assert.ok(isStop(words), words)
  for (const words of ['', 'jangan berhenti', 'bantuannya berhenti sejak Mei', 'stopkontak', 'belum', 'x'.repeat(5000)])
    assert.ok(!isStop(words), words)
  await fresh()
  const family = '01920000-0000-7000-8000-0000000000aa'
  await sql(
    `insert into family_contact (family_id, id, region_code, kind, value, agreed_at, source) values ($1, gen_random_uuid(), '32.75.01.1002', 'whatsapp', $2, now(), 'desk')`,
    [family, `+${from}`],
  )
  await take(says(' berhenti!! '), says('STOP'))
  await work()
  assert.equal(answers().length, 1)
  assert.match(answers()[0]?.text.body ?? '', /tidak akan mengirim pesan lagi/)
  assert.deepEqual(await outcomes(), ['stopped', 'stopped'])
  const [contact] = await sql('select end_reason from family_contact where family_id = $1', [family])
  assert.equal(contact?.['end_reason'], 'stopped')
})

test('anything else is led on, once a day for each sender, and none of it is kept', async () => {
  await fresh()
  await take(
    says('Bantuan saya dipotong lurah'),
    inbound({ type: 'image', image: { id: '1', caption: 'dipotong' } }),
    says('halo', { from: '6281200009002' }),
  )
  await take(presses('no_such_topic:yes:T', { from: '6281200009003' }), says('x', { from: 'US.1398' }))
  await work()
  assert.deepEqual(await outcomes(), ['led_on', 'led_on', 'led_on', 'led_on', 'quiet'])
  assert.deepEqual(
    answers()
      .map(({ to }) => to)
      .toSorted(),
    ['+6281200009001', '+6281200009002', '+6281200009003'],
  )
  assert.match(
    answers()[0]?.text.body ?? '',
    /https:\/\/pilar\.example\/aduan\/baru[\s\S]*https:\/\/pilar\.example\/lacak/,
  )
  now = new Date(now.getTime() + 23 * 3_600_000)
  await take(says('masih'))
  await work()
  assert.equal(answers().length, 3)
  now = new Date(now.getTime() + 2 * 3_600_000)
  await take(says('masih'))
  await work()
  assert.equal(answers().length, 4)
  const kept =
    JSON.stringify(await sql('select * from message_inbound')) +
    JSON.stringify(await sql('select * from message_inbound_held'))
  assert.doesNotMatch(kept + logged.join(''), /dipotong|628120000/)
})

test('a status comes in by the same door', async () => {
  await fresh()
  const status = {
    id: 'wamid.out',
    status: 'failed',
    timestamp: '1',
    recipient_id: from,
    errors: [{ code: 131026 }],
    biz_opaque_callback_data: 'not an id',
  }
  assert.equal(
    (await post(delivery({ statuses: [status, { ...status, status: 'warmed_up' }, status] }))).statusCode,
    200,
  )
  const rows = await sql('select status, fault, message_id, at from message_status')
  assert.deepEqual(rows, [{ status: 'failed', fault: 'not_reachable', message_id: null, at: now }])
})
