import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setUpMessages } from '#src/platform/messages/index.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { createDemonstration } from './index.ts'

test('the demonstration is told once, through the real verbs, and leaves every case with one office', async () => {
  const now = new Date('2026-11-20T09:30:00Z')
  const { appUrl, sql } = await testDatabase({ clock: () => now })
  after(setUpMessages({ whatsapp: null, email: null }, Buffer.alloc(32, 1), true))
  const first = await createDemonstration({ appUrl, secret: Buffer.alloc(32, 1), now, families: 60 })
  assert.ok(first.accounts.length > 15)
  const families = async () => Number((await sql<{ n: string }>('select count(*) n from family'))[0]?.n)
  // And the one that came by the village meeting.
  assert.equal(await families(), 61)
  const proposals = await sql<{ state: string }>('select state from proposal order by state')
  assert.deepEqual(
    proposals.map((one) => one.state),
    ['applied', 'declined', 'field_check', 'submitted'],
  )
  const count = async () => Number((await sql<{ n: string }>('select count(*) n from complaint'))[0]?.n)
  const filed = await count()
  assert.ok(filed > 60, `${filed} complaints`)
  const states = await sql<{ state: string; n: string }>(
    'select state, count(*) n from complaint group by 1 order by 2 desc',
  )
  assert.ok(states.length >= 8, JSON.stringify(states))
  const climbed = await sql(`select 1 from complaint_event where kind = 'referred_automatically' limit 1`)
  assert.equal(climbed.length, 1)
  const lists = await sql<{ state: string; decree_number: string | null }>(
    'select state, decree_number from determination order by id',
  )
  assert.deepEqual(lists.slice(-2), [
    { state: 'approved', decree_number: '0001/SEMBAKO/2026' },
    { state: 'submitted', decree_number: null },
  ])
  assert.ok((await sql('select 1 from entitlement')).length > 0)
  assert.deepEqual(await sql('select state from distribution_round'), [{ state: 'closed' }])
  // Whoever was handed something over was there to be asked.
  const [asked] = await sql<{ delivered: boolean; asked: boolean }>(
    `select exists (select from round_entitlement where state = 'delivered') as delivered, exists (select from delivery_question) as asked`,
  )
  assert.equal(asked?.asked, asked?.delivered)
  const future = await sql(`select 1 from complaint_event where at > '2026-11-20T09:30:00Z'`)
  assert.equal(future.length, 0)
  await createDemonstration({ appUrl, secret: Buffer.alloc(32, 1), now, families: 60 })
  assert.equal(await count(), filed)
  assert.equal(await families(), 61)
})
