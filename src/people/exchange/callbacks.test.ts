import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuid } from 'uuid'
import {
  aFamily,
  aPerson,
  callbackServer,
  type Heard,
  message,
  searchBody,
  testConsumer,
  writeFamilies,
} from '#test/support/exchange.ts'
import { exchangeApp } from '#test/support/exchange-app.ts'
import { acknowledgement, answerOf, callbackOf, fits } from '#test/support/exchange-specification.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { tellEvents } from './jobs.ts'
import { gather } from './notify.ts'

const database = await testDatabase({ clock: () => new Date('2026-11-23T02:00:00Z'), max: 8 })
const { db, sql } = database
const { post, isSigned } = await exchangeApp(database)

const double = await callbackServer((heard, before) => (heard.path.startsWith('/slow') && before < 2 ? 503 : 200))
const person = aPerson({ nik: '9903014101809901', name: 'Suharti' })
const family = aFamily({ kk_number: '9903010101269001', members: [person, aPerson({ name: 'Budi', sex: 'male' })] })
await writeFamilies(sql, [family, aFamily({ region_code: '33.13.01.2001', members: [] })])
const consumer = await testConsumer(database, { callbackHosts: [double.host] })
const byKk = {
  query_type: 'idtype-value',
  reg_record_type: 'Group',
  query: { type: 'HOUSEHOLD_ID', value: family.kk_number },
}

test('an asynchronous search is acknowledged, answered at sender_uri, tried again, and its state told', async () => {
  const body = searchBody(byKk)
  const asked = message(consumer.senderId, 'search', body, { sender_uri: `${double.url}/slow/on-search` })
  const heardBefore = double.heard.length
  const response = await post('/registry/search', consumer.token, asked)
  assert.equal(response.statusCode, 202)
  const acknowledged = response.json<{ message: { ack_status: string; correlation_id: string } }>()
  fits(acknowledgement, acknowledged)
  assert.equal(acknowledged.message.ack_status, 'ACK')
  const again = (await post('/registry/search', consumer.token, asked)).json<typeof acknowledged>()
  assert.equal(again.message.correlation_id, acknowledged.message.correlation_id, 'the same message is the same call')
  await double.until(heardBefore + 3)
  const tries = double.heard.slice(heardBefore)
  assert.deepEqual(new Set(tries.map((one) => (one.body['header'] as Record<string, unknown>)['message_id'])).size, 1)
  const last = tries.at(-1)
  assert.ok(last && isSigned(last.body))
  assert.equal(last.path, '/slow/on-search')
  fits(callbackOf('/registry/on-search'), last.body)
  assert.equal((last.body['message'] as Record<string, unknown>)['correlation_id'], acknowledged.message.correlation_id)
  let forgotten = false
  for (let tried = 0; tried < 500 && !forgotten; tried++) {
    await sleep(10)
    forgotten =
      (
        await sql(`select from exchange_call where id = $1 and request is null and delivered_at is not null`, [
          acknowledged.message.correlation_id,
        ])
      ).length === 1
  }
  assert.ok(forgotten, 'what was asked is forgotten with the answer')
  for (const [type, value] of [
    ['transaction_id', body.transaction_id],
    ['reference_id_list', ['ref-1']],
    ['correlation_id', acknowledged.message.correlation_id],
  ]) {
    const status = await post(
      '/registry/sync/txn/status',
      consumer.token,
      message(consumer.senderId, 'txn-status', {
        transaction_id: uuid(),
        txnstatus_request: { reference_id: 's1', txn_type: 'search', attribute_type: type, attribute_value: value },
      }),
    )
    assert.equal(status.statusCode, 200, status.body)
    const told = status.json<{
      header: { status: string }
      message: { txnstatus_response: { txn_status: { search_response: { reference_id: string; status: string }[] } } }
    }>()
    fits(answerOf('/registry/sync/txn/status'), told)
    assert.equal(told.header.status, 'succ')
    assert.ok(
      told.message.txnstatus_response.txn_status.search_response.some(
        (one) => one.reference_id === 'ref-1' && one.status === 'succ',
      ),
    )
  }
  const stranger = await testConsumer(database)
  const none = await post(
    '/registry/sync/txn/status',
    stranger.token,
    message(stranger.senderId, 'txn-status', {
      transaction_id: uuid(),
      txnstatus_request: {
        reference_id: 's1',
        txn_type: 'search',
        attribute_type: 'correlation_id',
        attribute_value: acknowledged.message.correlation_id,
      },
    }),
  )
  assert.equal(none.json<{ header: { status: string } }>().header.status, 'rjct', 'calls of others do not exist')
  fits(answerOf('/registry/sync/txn/status'), none.json())
})

async function heardOf(route: string, action: string, body: object, uri: string) {
  const before = double.heard.length
  const response = await post(route, consumer.token, message(consumer.senderId, action, body, { sender_uri: uri }))
  assert.equal(response.statusCode, 202, response.body)
  await double.until(before + 1)
  return double.heard[before]
}
const insertEvent = (subject: string, seq: number, kind: string, state = 'in_force') =>
  sql(
    `insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source, state, known_at, recorded_role)
     values ($1, $2, 'family', $3, $4, $1, '32.75.01.1001', '2026-11-01', '2026-11-01', 'village', $5, case when $5 = 'in_force' then now() end, 'officer')`,
    [subject, seq, kind, uuid(), state],
  )

test('a subscription tells of events in force, once each, within regions and filter, until it is ended', async () => {
  const criteria = (given: object = {}) => ({
    reg_event_type: 'ns:org:RegistryEventType:UPDATE',
    filter_type: 'expression',
    filter: { poverty_score: { $lte: 4 } },
    notify_record_type: 'spdci-extensions-dci:Group',
    ...given,
  })
  const request = (...list: object[]) => ({
    transaction_id: uuid(),
    subscribe_request: list.map((one, index) => ({
      reference_id: `s${index}`,
      timestamp: '2026-11-23T02:00:00Z',
      subscribe_criteria: one,
    })),
  })
  const uri = `${double.url}/sub/on-subscribe`
  const made = await heardOf(
    '/registry/subscribe',
    'subscribe',
    request(
      criteria(),
      criteria({ reg_event_type: 'Nothing' }),
      criteria(),
      criteria({ filter: { nothing: 1 } }),
      criteria({
        frequency: {
          start_time: '2026-01-01T00:00:00Z',
          end_time: '2027-01-01T00:00:00Z',
          frequency: '0 0 0 5,15 * ? *',
        },
        reg_event_type: 'died',
      }),
    ),
    uri,
  )
  assert.equal(made?.path, '/sub/on-subscribe')
  fits(callbackOf('/registry/on-subscribe'), made.body)
  const list = (
    made.body['message'] as {
      subscribe_response: { status: string; status_reason_code?: string; subscriptions?: { code: string }[] }[]
    }
  ).subscribe_response
  assert.deepEqual(
    list.map((one) => one.status_reason_code ?? one.status),
    ['succ', 'rjct.notify_types.invalid', 'rjct.event.already_subscribed', 'rjct.notify_details.invalid', 'succ'],
  )
  const code = list[0]?.subscriptions?.[0]?.code ?? ''

  const rich = aFamily({ decile: 9 })
  const far = aFamily({ region_code: '33.13.01.2001' })
  await writeFamilies(sql, [rich, far])
  await insertEvent(family.id, 1, 'registered')
  await insertEvent(rich.id, 1, 'registered')
  await insertEvent(far.id, 1, 'registered')
  await insertEvent(family.id, 2, 'income_fell', 'reported')
  const before = double.heard.length
  await double.until(before + 1, () => gather(db, tellEvents))
  const first = double.heard[before]
  assert.equal(first?.path, '/sub/notify')
  fits(callbackOf('/registry/notify'), first.body)
  assert.ok(first && isSigned(first.body))
  const events = (one: Heard | undefined) => {
    const told = one?.body['message'] as { notify_event: { reference_id: string }[] } | undefined
    return told?.notify_event.map((each) => each.reference_id)
  }
  assert.deepEqual(events(first), [`${family.id}:1`], 'not of the rich, the far, nor what still waits for a check')
  // Whatever other databases of this server are doing holds back how far is read: the rich and the far may be looked at a moment later.
  for (let rounds = 0; (await gather(db, tellEvents)) > 0; rounds++) assert.ok(rounds < 3, 'nothing is gathered twice')
  assert.equal(double.heard.length, before + 1, 'nothing is told twice')
  await sql(`update register_event set state = 'in_force', known_at = now() where subject_id = $1 and seq = 2`, [
    family.id,
  ])
  await double.until(before + 2, () => gather(db, tellEvents))
  assert.deepEqual(events(double.heard[before + 1]), [`${family.id}:2`], 'told when the check puts it in force')

  const status = await heardOf(
    '/registry/txn/status',
    'txn-status',
    {
      transaction_id: uuid(),
      txnstatus_request: {
        reference_id: 'x',
        txn_type: 'subscribe',
        attribute_type: 'reference_id_list',
        attribute_value: ['s0'],
      },
    },
    `${double.url}/registry`,
  )
  assert.equal(status?.path, '/registry/txn/on-status')
  fits(callbackOf('/registry/txn/on-status'), status.body)

  const end = (...codes: string[]) =>
    heardOf(
      '/registry/unsubscribe',
      'unsubscribe',
      { transaction_id: uuid(), timestamp: '2026-11-23T02:00:00Z', subscription_codes: codes },
      double.url,
    )
  const reason = (one: Awaited<ReturnType<typeof end>>) => {
    fits(callbackOf('/registry/on-unsubscribe'), one?.body)
    const said = one?.body['message'] as { status: string; status_reason_code?: string }
    return said.status_reason_code ?? said.status
  }
  const ended = await end(code)
  assert.equal(ended?.path, '/registry/on-unsubscribe')
  assert.equal(reason(ended), 'succ')
  assert.equal(reason(await end(code)), 'rjct.event.already_unsubscribed')
  assert.equal(reason(await end(uuid())), 'rjct.subscription_code.invalid')
})
