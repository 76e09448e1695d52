import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { v7 as uuid } from 'uuid'
import { createAgreement } from '#src/people/exchange/agreements.ts'
import {
  agreementFields,
  agreementQueryTypes,
  agreementSealedFields,
  type NewAgreement,
} from '#src/people/exchange/schema.ts'
import type { TestDatabase } from './postgres.ts'

/** Families and persons for tests of the exchange, written straight into the tables. Invented. */

export type TestPerson = {
  id: string
  nik: string | null
  name: string
  birth_date: string | null
  sex: 'female' | 'male' | null
  marital_status: 'single' | 'married' | 'divorced' | 'widowed' | null
  status: 'active' | 'dead'
  disabilities: string[] | null
}
export type TestFamily = {
  id: string
  region_code: string
  kk_number: string | null
  decile: number | null
  status: 'active' | 'graduated'
  address: string | null
  members: TestPerson[]
}

export async function writeFamilies(sql: TestDatabase['sql'], families: TestFamily[]): Promise<void> {
  const persons = families.flatMap((family) =>
    family.members.map((one) => ({ ...one, family_id: family.id, region_code: family.region_code })),
  )
  await sql(
    `insert into family (id, region_code, kk_number, decile, status, address, member_count, valid_from, known_from, last_seq, head_id)
     select id, region_code, kk_number, decile, status, address, member_count, '2026-01-01', '2026-01-01', 1, head_id
     from jsonb_to_recordset($1) as f(id uuid, region_code text, kk_number text, decile smallint, status text, address text, member_count smallint, head_id uuid)`,
    [
      JSON.stringify(
        families.map(({ members, ...family }) => ({
          ...family,
          member_count: members.length,
          head_id: members[0]?.id ?? null,
        })),
      ),
    ],
  )
  await sql(
    `insert into person (id, family_id, region_code, nik, name, birth_date, sex, marital_status, status, valid_from, known_from, last_seq)
     select id, family_id, region_code, nik, name, birth_date, sex, marital_status, status, '2026-01-01', '2026-01-01', 1
     from jsonb_to_recordset($1) as p(id uuid, family_id uuid, region_code text, nik text, name text, birth_date date, sex text, marital_status text, status text)`,
    [JSON.stringify(persons)],
  )
  await sql(
    `insert into person_sealed (person_id, family_id, region_code, disabilities, valid_from, known_from)
     select id, family_id, region_code, array(select jsonb_array_elements_text(disabilities)), '2026-01-01', '2026-01-01'
     from jsonb_to_recordset($1) as p(id uuid, family_id uuid, region_code text, disabilities jsonb)`,
    [JSON.stringify(persons.filter((one) => one.disabilities !== null))],
  )
}

export const aPerson = (given: Partial<TestPerson> = {}): TestPerson => ({
  id: uuid(),
  nik: null,
  name: 'Suharti',
  birth_date: '1980-02-29',
  sex: 'female',
  marital_status: 'married',
  status: 'active',
  disabilities: null,
  ...given,
})
export const aFamily = (given: Partial<TestFamily> = {}): TestFamily => ({
  id: uuid(),
  region_code: '32.75.01.1001',
  kk_number: null,
  decile: 2,
  status: 'active',
  address: 'Jl. Melati 4',
  members: [aPerson()],
  ...given,
})

export const openFields = agreementFields.filter((one) => !agreementSealedFields.includes(one))

/** A consumer with a token; without a key unless one is asked for. */
export async function testConsumer(database: Pick<TestDatabase, 'db'>, given: Partial<NewAgreement> = {}) {
  const { db } = database
  const made = await db.asSystem('test', (tx) =>
    createAgreement(
      tx,
      {
        senderId: `consumer-${uuid()}`,
        name: 'Contoh sistem lain',
        purpose: 'Menguji pertukaran data',
        legalBasis: 'Perjanjian contoh',
        regions: ['32.75'],
        fields: openFields,
        queryTypes: [...agreementQueryTypes],
        events: ['*'],
        signatureRequired: false,
        ratePerMinute: 100_000,
        ...given,
      },
      db.clock(),
    ),
  )
  return {
    senderId: made.agreement.senderId,
    id: made.agreement.id,
    token: made.token,
    clientSecret: made.clientSecret,
  }
}

export const keyPair = (): { privateKey: KeyObject; publicKey: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

/** An envelope as a consumer would send it. */
export function message(
  senderId: string,
  action: string,
  body: object,
  header: object = {},
): { header: Record<string, unknown>; message: object } {
  return {
    header: {
      version: '1.0.0',
      message_id: uuid(),
      message_ts: '2026-11-23T09:00:00+07:00',
      action,
      sender_id: senderId,
      sender_uri: 'https://spmis.example.org/callback',
      receiver_id: 'pilar',
      total_count: 1,
      is_msg_encrypted: false,
      ...header,
    },
    message: body,
  }
}

export const searchBody = (...criteria: object[]) => ({
  transaction_id: uuid(),
  search_request: criteria.map((one, index) => ({
    reference_id: `ref-${index + 1}`,
    timestamp: '2026-11-23T09:00:00+07:00',
    search_criteria: one,
    locale: 'eng',
  })),
})

export type Heard = { path: string; body: Record<string, unknown> }

/** Another system's server on loopback; answers what `answer` says, 200 unless told. */
export async function callbackServer(answer: (heard: Heard, before: number) => number = () => 200) {
  const heard: Heard[] = []
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        body: JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>,
      }
      response.statusCode = answer(one, heard.length)
      heard.push(one)
      response.end()
      for (const wake of waiting.splice(0)) wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    heard,
    /**
     * Waits until so many have come, doing `meanwhile` again and again: what is told stays below the oldest running transaction of
     * the whole server, which other tests share. Fails after three minutes.
     */
    async until(count: number, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
      const end = performance.now() + 180_000
      while (heard.length < count) {
        if (performance.now() > end) throw new Error(`${heard.length} of ${count} answers came`)
        await meanwhile()
        await Promise.race([new Promise<void>((resolve) => void waiting.push(resolve)), sleep(250)])
      }
    },
  }
}

export type Answer = {
  status: string
  code: string | undefined
  total: number | undefined
  records: Record<string, unknown>[]
}
/** What the registry answers to each criterion of one synchronous search. */
export async function askRegistry(
  app: FastifyInstance,
  consumer: { senderId: string; token: string },
  ...criteria: object[]
): Promise<Answer[]> {
  const response = await app.inject({
    method: 'POST',
    url: '/spdci/registry/sync/search',
    headers: { authorization: `Bearer ${consumer.token}` },
    payload: message(consumer.senderId, 'search', searchBody(...criteria)),
  })
  assert.equal(response.statusCode, 200, response.body)
  return response
    .json<{
      message: {
        search_response: {
          status: string
          status_reason_code?: string
          data?: { reg_records: Record<string, unknown>[] }
          pagination?: { total_count: number }
        }[]
      }
    }>()
    .message.search_response.map((one) => ({
      status: one.status,
      code: one.status_reason_code,
      total: one.pagination?.total_count,
      records: one.data?.reg_records ?? [],
    }))
}
