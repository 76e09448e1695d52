import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Actor, roles } from '#src/platform/db/index.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { concerns } from './hub.ts'
import { type LoggedEvent, readBetween } from './log.ts'

const { db, sql } = await testDatabase()

// Regions that are neighbours in spelling: a prefix that is no parent, the first and the last child, the nation.
const codes = ['00', '32', '32.7', '32.75', '32.75.05', '32.75.05.1003', '32.76', '33', '3', '99.99.99.9999']
const accounts = ['01920000-0000-7000-8000-000000000001', '01920000-0000-7000-8000-000000000002'] as const

const Event = fc.record({
  region: fc.option(fc.constantFrom(...codes), { nil: null }),
  account: fc.option(fc.constantFrom(...accounts), { nil: null }),
})
const Asker = fc.record({
  role: fc.constantFrom(...roles),
  region: fc.constantFrom('00', '32', '32.75', '32.75.05', '32.75.05.1003', '33'),
  account: fc.constantFrom(...accounts),
})

test('what a page is told as it happens is what the database lets its reader see afterwards', async () => {
  let told = 0
  let kept = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(Event, { minLength: 1, maxLength: 12 }),
      fc.array(Asker, { minLength: 1, maxLength: 6 }),
      async (events, askers) => {
        const rows = await sql<{ xid: string; id: number }>(
          `insert into event_log (kind, subject, subject_id, region_code, account_id)
         select 'test', 'test', '', e.region, e.account from json_to_recordset($1) e (region text, account uuid)
         returning xid::text, id`,
          [JSON.stringify(events)],
        )
        const [first] = rows
        const last = rows.at(-1)
        assert.ok(first && last)
        for (const asker of askers) {
          const actor: Actor = {
            accountId: asker.account,
            name: 'Orang',
            assignmentId: '01920000-0000-7000-8000-00000000000a',
            role: asker.role,
            regionCode: asker.region,
            officeId: null,
            pillarKind: null,
            at: new Date(),
          }
          const seen: LoggedEvent[] = await db.as(actor, (tx) =>
            readBetween(tx, { xid: first.xid, id: first.id - 1 }, last, 100),
          )
          const expected = rows.filter((_, index) => {
            const event = events[index]
            return event !== undefined && concerns({ regionCode: event.region, accountId: event.account }, actor)
          })
          assert.deepEqual(
            seen.map((event) => event.id),
            expected.map((row) => row.id),
          )
          told += expected.length
          kept += rows.length - expected.length
        }
      },
    ),
    { numRuns: 60 },
  )
  assert.ok(told > 50 && kept > 50, `${told} told, ${kept} not`)
})
