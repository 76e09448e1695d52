import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Assistance } from '#src/people/register/schema.ts'
import type { Page } from './schema.ts'

const VILLAGE = '32.75.01.1002'
const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-19T02:00:00Z') })
const app = await testApp(db)
const desk = await signedIn(db, { role: 'officer', regionCode: VILLAGE })
const nextDoor = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1003' })

const call = async <T>(method: 'GET' | 'POST', url: string, payload?: object, who = desk) => {
  const response = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json<T>() }
}

const { body: family } = await call<{ familyId: string }>('POST', 'register/families', {
  effectiveOn: '2026-01-10',
  source: 'civil_registry',
  sourceRef: 'KK-9',
  regionCode: VILLAGE,
  family: { kkNumber: '9999011001260009' },
  members: [{ name: 'Ratna', relationship: 'head', nik: '9999014108859009' }, { name: 'Dewi' }],
})
const id = family.familyId
const file = async (concerned: object, body: string) =>
  assert.equal(
    (
      await call('POST', 'complaints', {
        regionCode: VILLAGE,
        class: 'complaint',
        matter: 'delivery.late',
        body,
        concerned: [concerned],
      })
    ).status,
    201,
  )
await file({ name: 'Ratna', nik: '9999014108859009' }, 'Beras bulan ini belum datang.')
await file({ name: 'Dewi', kkNumber: '9999011001260009' }, 'Kartu tertelan mesin.')
await file({ name: 'Orang lain', nik: '9999014108859008' }, 'Undangan tidak sampai ke rumah.')

test('cases of a family come by NIK and family card, only after it was opened, and the look is written down', async () => {
  const closed = await call<{ code: string }>('GET', `complaints/of-family/${id}`)
  assert.deepEqual([closed.status, closed.body.code], [403, 'open_first'])
  assert.equal((await call('GET', `complaints/of-family/${id}`, undefined, nextDoor)).status, 404)

  await call('POST', `register/families/${id}/open`, { reason: 'Warga datang ke kantor', work: 'service' })
  const { status, body } = await call<Page['items']>('GET', `complaints/of-family/${id}`)
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(body.length, 2)
  assert.ok(!JSON.stringify(body).includes('9999014108859009'))
  // The third is there, about somebody else.
  assert.equal((await sql('select from complaint')).length, 3)
  const [entry] = await sql<{ detail: { rows: number } }>(
    `select detail from audit_entry where act = 'look' and subject = 'family' and subject_id = $1`,
    [id],
  )
  assert.equal(entry?.detail.rows, 2)
})

test('assistance: what runs first, then what ended', async () => {
  const [programme] = await sql<{ code: string }>('select code from programme order by code limit 1')
  for (const [from, to] of [
    ['2024-01-01', '2024-12-31'],
    ['2025-01-01', null],
  ])
    await sql(
      `insert into assistance (family_id, id, region_code, programme_code, period_from, period_to, source)
       values ($1, gen_random_uuid(), $2, $3, $4, $5, 'import')`,
      [id, VILLAGE, programme?.code, from, to],
    )
  const { body } = await call<Assistance[]>('GET', `register/families/${id}/assistance`)
  assert.deepEqual(
    body.map((one) => [one.periodFrom, one.periodTo]),
    [
      ['2025-01-01', null],
      ['2024-01-01', '2024-12-31'],
    ],
  )
  assert.equal((await call('GET', `register/families/${id}/assistance`, undefined, nextDoor)).status, 404)
})
