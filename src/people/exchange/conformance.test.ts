import assert from 'node:assert/strict'
import { createHash, sign } from 'node:crypto'
import { after, test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { aFamily, aPerson, keyPair, message, searchBody, testConsumer, writeFamilies } from '#test/support/exchange.ts'
import { exchangeApp } from '#test/support/exchange-app.ts'
import { acknowledgement, answerOf, fits, httpError, specified } from '#test/support/exchange-specification.ts'
import { testDatabase } from '#test/support/postgres.ts'

let now = new Date('2026-11-23T02:00:00Z')
const database = await testDatabase({ clock: () => now, max: 8 })
const { db, sql } = database
const { app, post, isSigned } = await exchangeApp(database)

const person = aPerson({ nik: '9903014101809901', name: 'Suharti' })
const family = aFamily({ kk_number: '9903010101269001', members: [person, aPerson({ name: 'Budi', sex: 'male' })] })
await writeFamilies(sql, [family, aFamily({ region_code: '33.13.01.2001', members: [] })])
const consumer = await testConsumer(database)
const byKk = {
  query_type: 'idtype-value',
  reg_record_type: 'Group',
  query: { type: 'HOUSEHOLD_ID', value: family.kk_number },
}

test(
  'the specification lies beside the project',
  { skip: specified ? false : 'social_api_v1.0.0.yaml is not there: answers are not checked against it' },
  () => {
    assert.throws(() => fits(answerOf('/registry/sync/search'), { header: { action: 'on-search' } }))
  },
)

test('a synchronous search is answered in the words of the specification, signed', async () => {
  const body = searchBody(
    byKk,
    { query_type: 'expression', query: { poverty_score: { $lt: 5 } }, pagination: { page_size: 2000, page_number: 1 } },
    { query_type: 'graphql', query: {} },
  )
  const response = await post('/registry/sync/search', consumer.token, message(consumer.senderId, 'search', body))
  assert.equal(response.statusCode, 200)
  const answer = response.json<
    Record<string, unknown> & {
      message: {
        transaction_id: string
        search_response: { status: string; data?: { reg_records: Record<string, unknown>[] } }[]
      }
    }
  >()
  fits(answerOf('/registry/sync/search'), answer)
  assert.ok(isSigned(answer))
  assert.ok(!isSigned({ ...answer, message: { ...answer.message, transaction_id: 'other' } }))
  assert.equal(answer.message.transaction_id, body.transaction_id)
  assert.deepEqual(
    answer.message.search_response.map((one) => one.status),
    ['succ', 'succ', 'rjct'],
  )
  const record = answer.message.search_response[0]?.data?.reg_records[0]
  assert.equal(record?.['poverty_score'], 2)
  assert.ok(Array.isArray(record?.['member_list']))
  assert.equal(record['member_list'].length, 2)
})

test('the samples of the specification are taken as they are, with their faults', async () => {
  const sample = {
    signature: 'Signature:  namespace="spdci", kidId="{sender_id}|{unique_key_id}|{algorithm}", algorithm="ed25519"',
    header: {
      version: '1.0.0',
      message_id: '123',
      message_ts: '2022-12-04T17:20:07-04:00',
      action: 'search',
      sender_id: consumer.senderId,
      sender_uri: 'https://spmis.example.org/{namespace}/callback/on-search',
      receiver_id: 'social.example.org',
      total_count: 21800,
      is_msg_encrypted: false,
      meta: {},
    },
    message: {
      transaction_id: 123456789,
      search_request: [
        {
          reference_id: '12345678901234567890',
          timestamp: '',
          search_criteria: {
            version: '1.0.0',
            reg_type: 'ns:org:RegistryType:Social',
            reg_record_type: 'SRPerson',
            query_type: 'expression',
            response_entity: 'Group',
            query: {
              type: 'ns:org:QueryType:expression',
              value: {
                expression: {
                  collection: 'Group',
                  query: {
                    $and: [
                      { poverty_score: { $lt: 5 } },
                      { location: { $eq: 'central_region' } },
                      { group_size: { $lt: 5 } },
                    ],
                  },
                },
              },
            },
            sort: [{ attribute_name: 'poverty_score', sort_order: 'asc' }],
            pagination: { page_size: 2000, page_number: 5 },
          },
          locale: 'en',
        },
        {
          reference_id: '2',
          timestamp: '2022-12-04T17:20:07-04:00',
          search_criteria: {
            query_type: 'predicate',
            query: [
              {
                seq_num: 1,
                expression1: { attribute_name: 'YOB', operator: 'eq', attribute_value: '1980' },
                condition: 'and',
                expression2: { attribute_name: 'YOB', operator: 'eq', attribute_value: '1980' },
              },
            ],
          },
        },
        {
          reference_id: '3',
          timestamp: '2022-12-04T17:20:07-04:00',
          search_criteria: { query_type: 'idtype-value', query: { type: 'UIN', value: '12314567890' } },
        },
      ],
    },
  }
  const response = await post('/registry/sync/search', consumer.token, sample)
  const answer = response.json<{ message: { search_response: { status: string }[] } }>()
  fits(answerOf('/registry/sync/search'), answer)
  assert.deepEqual(
    answer.message.search_response.map((one) => one.status),
    ['succ', 'succ', 'succ'],
    response.body,
  )
})

test('what makes a message unusable is refused with its own code', async () => {
  const good = () => message(consumer.senderId, 'search', searchBody(byKk))
  const without = (name: string) => {
    const one = good()
    delete one.header[name]
    return one
  }
  const cases: [string | null, unknown, number, string][] = [
    [null, good(), 401, 'err.request.unauthorized'],
    ['A'.repeat(43), good(), 401, 'err.request.unauthorized'],
    [consumer.token, '{"header":', 400, 'err.request.bad'],
    [consumer.token, '[]', 400, 'err.request.bad'],
    [consumer.token, '['.repeat(200_000), 400, 'err.request.bad'],
    [consumer.token, '{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000), 400, 'err.request.bad'],
    [consumer.token, { message: {} }, 400, 'err.request.bad'],
    [consumer.token, without('message_id'), 400, 'err.request.bad'],
    [consumer.token, without('message_ts'), 400, 'err.request.bad'],
    [consumer.token, without('action'), 400, 'err.request.bad'],
    [consumer.token, without('total_count'), 400, 'err.request.bad'],
    [consumer.token, without('sender_id'), 400, 'err.sender_id.invalid'],
    [consumer.token, message('somebody.else', 'search', searchBody(byKk)), 401, 'err.sender_id.invalid'],
    [consumer.token, message(consumer.senderId, 'subscribe', searchBody(byKk)), 400, 'err.request.bad'],
    [
      consumer.token,
      message(consumer.senderId, 'search', searchBody(byKk), { version: '2.0.0' }),
      400,
      'err.version.not_supported',
    ],
    [
      consumer.token,
      message(consumer.senderId, 'search', searchBody(byKk), { is_msg_encrypted: true }),
      400,
      'err.encryption.invalid',
    ],
    [
      consumer.token,
      message(consumer.senderId, 'search', { transaction_id: 'x'.repeat(100), search_request: [] }),
      400,
      'err.request.bad',
    ],
    [consumer.token, message(consumer.senderId, 'search', { transaction_id: '1' }), 400, 'err.request.bad'],
    [
      consumer.token,
      message(consumer.senderId, 'search', { transaction_id: 'a\0b', search_request: [] }),
      400,
      'err.request.bad',
    ],
  ]
  for (const [token, payload, status, code] of cases)
    for (const route of ['/registry/sync/search', '/registry/search']) {
      const response = await post(route, token, payload)
      assert.equal(response.statusCode, status, `${route} ${code} ${response.body}`)
      const body = response.json<{ errors: { code: string }[] }>()
      assert.equal(body.errors[0]?.code, code)
      fits(httpError, body)
      if (status !== 401 || route === '/registry/search')
        fits(route === '/registry/search' ? acknowledgement : answerOf(route), body)
    }
})

test('an answer goes to no host the agreement does not name', async () => {
  const listed = await post(
    '/registry/search',
    consumer.token,
    message(consumer.senderId, 'search', searchBody(byKk), { sender_uri: 'https://elsewhere.example.org/' }),
  )
  assert.equal(listed.json<{ errors: { code: string }[] }>().errors[0]?.code, 'err.sender_uri.invalid')
})

test('calls beyond the rate of the agreement are refused with the time to wait', async () => {
  const slow = await testConsumer(database, { ratePerMinute: 2 })
  const call = () => post('/registry/sync/search', slow.token, message(slow.senderId, 'search', searchBody(byKk)))
  assert.deepEqual([(await call()).statusCode, (await call()).statusCode], [200, 200])
  const third = await call()
  assert.equal(third.statusCode, 429)
  assert.ok(Number(third.headers['retry-after']) > 0)
  fits(answerOf('/registry/sync/search'), third.json())
})

test('a signature is checked: good, missing, broken, of another, expired, replayed', async () => {
  const { privateKey, publicKey } = keyPair()
  const other = keyPair()
  const signed = await testConsumer(database, { signatureRequired: true, publicKey, keyId: 'k1' })
  const seconds = Math.floor(now.getTime() / 1000)
  const make = (
    payload: ReturnType<typeof message>,
    options: { key?: typeof privateKey; created?: number; expires?: number; content?: string; kid?: string } = {},
  ) => {
    const created = options.created ?? seconds - 10
    const expires = options.expires ?? seconds + 600
    const content = options.content ?? JSON.stringify(payload)
    const digest = createHash('sha256').update(content).digest('base64')
    const text = `(created): ${created}\n(expires): ${expires}\ndigest: SHA-256=${digest}`
    const signature = sign(null, Buffer.from(text), options.key ?? privateKey).toString('base64')
    return `Signature: namespace="spdci", kidId="${options.kid ?? `${signed.senderId}|k1|ed25519`}", algorithm="ed25519", created="${created}", expires="${expires}", headers="(created) (expires) digest", signature="${signature}"`
  }
  const fresh = () => message(signed.senderId, 'search', searchBody(byKk))
  const codeOf = async (payload: unknown) => {
    const response = await post('/registry/sync/search', signed.token, payload)
    return response.statusCode === 200
      ? 'ok'
      : `${response.statusCode} ${response.json<{ errors: { code: string }[] }>().errors[0]?.code ?? ''}`
  }
  const one = fresh()
  assert.equal(await codeOf({ signature: make(one), ...one }), 'ok')
  const python = fresh()
  const spaced = `{"header": ${JSON.stringify(python.header)}, "message": ${JSON.stringify(python.message)}}`
  assert.equal(
    await codeOf(`{"signature": ${JSON.stringify(make(python, { content: spaced }))}, ${spaced.slice(1)}`),
    'ok',
    'as others write JSON',
  )
  assert.equal(await codeOf(fresh()), '401 err.signature.missing')
  const two = fresh()
  assert.equal(await codeOf({ signature: make(two), ...two, message: searchBody(byKk) }), '401 err.signature.invalid')
  assert.equal(
    await codeOf({ signature: make(two), ...two, header: { ...two.header, message_id: uuid() } }),
    '401 err.signature.invalid',
  )
  assert.equal(await codeOf({ signature: make(two, { key: other.privateKey }), ...two }), '401 err.signature.invalid')
  assert.equal(
    await codeOf({ signature: make(two, { kid: `somebody|k1|ed25519` }), ...two }),
    '401 err.signature.invalid',
  )
  assert.equal(
    await codeOf({ signature: make(two, { created: seconds - 7200, expires: seconds - 3600 }), ...two }),
    '401 err.signature.invalid',
  )
  assert.equal(
    await codeOf({ signature: make(two, { created: seconds + 3600, expires: seconds + 7200 }), ...two }),
    '401 err.signature.invalid',
  )
  assert.equal(
    await codeOf({ signature: make(two, { expires: seconds + 900_000 }), ...two }),
    '401 err.signature.invalid',
  )
  assert.equal(await codeOf({ signature: 'nonsense', ...two }), '401 err.signature.invalid')
  // A name written in two ways: what was signed first, what the attacker wants understood last.
  const forged = `{"signature":${JSON.stringify(make(two))},"header":${JSON.stringify(two.header)},"message":${JSON.stringify(two.message)},"\\u006dessage":${JSON.stringify(searchBody(byKk))}}`
  assert.equal(await codeOf(forged), '401 err.signature.invalid')
  // The very same message is the same call; its id with another message is refused.
  assert.equal(await codeOf({ signature: make(one), ...one }), 'ok')
  const reused = message(signed.senderId, 'search', searchBody(byKk), { message_id: one.header['message_id'] })
  assert.equal(await codeOf({ signature: make(reused), ...reused }), '400 err.request.bad')
})

test('a client secret is changed into an access token that works for an hour', async () => {
  const token = async (secret: string) =>
    app.inject({
      method: 'POST',
      url: '/spdci/oauth2/client/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: consumer.senderId,
        client_secret: secret,
      }).toString(),
    })
  const given = (await token(consumer.clientSecret)).json<{ access_token: string; expires_in: number }>()
  assert.equal(given.expires_in, 3600)
  const call = () =>
    post('/registry/sync/search', given.access_token, message(consumer.senderId, 'search', searchBody(byKk)))
  assert.equal((await call()).statusCode, 200)
  assert.equal((await token(consumer.token)).statusCode, 401, 'a bearer token is no secret')
  assert.equal(
    (await post('/registry/sync/search', consumer.clientSecret, {})).statusCode,
    401,
    'a secret is no bearer token',
  )
  now = new Date(now.getTime() + 3_601_000)
  assert.equal((await call()).statusCode, 401)
  await sql(`update agreement set revoked_at = now() where id = $1`, [consumer.id])
  assert.equal(
    (await post('/registry/sync/search', consumer.token, {})).statusCode,
    401,
    'a revoked agreement lets nobody in',
  )
})

// The last one: an application that was built takes over how this process speaks.
test('answers go only where the agreement lets them', async () => {
  const strict = await buildApp({
    db,
    files: {} as FileStore,
    baseUrl: 'http://localhost',
    secret: Buffer.alloc(32, 7),
  })
  after(() => strict.close())
  const wide = await testConsumer(database, { callbackHosts: ['*', '127.0.0.1'] })
  const code = async (uri: unknown) => {
    const response = await strict.inject({
      method: 'POST',
      url: '/spdci/registry/search',
      headers: { authorization: `Bearer ${wide.token}` },
      payload: message(wide.senderId, 'search', searchBody(byKk), { sender_uri: uri }),
    })
    return response.json<{ errors?: { code: string }[] }>().errors?.[0]?.code
  }
  for (const uri of [
    'http://spmis.example.org/x',
    'ftp://spmis.example.org/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://10.1.2.3/',
    'https://localhost/x',
    'https://intranet/x',
    'https://169.254.169.254/latest',
    'https://user:pw@spmis.example.org/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'not an address',
  ])
    assert.equal(await code(uri), 'err.sender_uri.invalid', uri)
})
