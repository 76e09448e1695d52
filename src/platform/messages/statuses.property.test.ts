import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { v7 as uuid } from 'uuid'
import { openProvider } from '#test/support/whatsapp-double.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type NewStatus, noteStatuses, queueMessages, setUpMessages } from './index.ts'
import { sendDue } from './sending.ts'
import { settleStatuses } from './statuses.ts'

const morning = new Date('2026-11-23T03:00:00Z')
let now = morning
const { db, sql } = await testDatabase({ clock: () => now })
const provider = await openProvider()
const whatsapp = {
  url: provider.url,
  phoneId: '1066',
  token: 'token-of-tests',
  appSecret: 'app',
  verifyToken: 'verify',
}
after(setUpMessages({ whatsapp, email: null }, Buffer.alloc(32, 7)))

/** What a set of statuses comes to, said plainly: the most anybody knows. */
const most = (said: readonly NewStatus['status'][]) =>
  said.includes('read')
    ? 'read'
    : said.includes('delivered')
      ? 'delivered'
      : said.includes('failed')
        ? 'undelivered'
        : 'sent'

/**
 * Statuses come in any order, twice, before and after our own note, several settled at once or one by one, with our id or only the
 * provider's: what is known in the end is the same.
 */
test('whatever the order of statuses and of our own note, a message ends in the same state', async () => {
  const kinds = ['sent', 'delivered', 'read', 'failed'] as const
  const story = fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 0, maxLength: 4 }).chain((said) =>
    fc.record({
      said: fc.constant(said),
      // 'note' is our own note of the provider's answer; 'settle' the loop.
      order: fc.shuffledSubarray([...said, ...said, 'note', 'settle', 'settle'] as const, {
        minLength: said.length * 2 + 3,
      }),
      withOurId: fc.boolean(),
    }),
  )
  await fc.assert(
    fc.asyncProperty(story, async ({ said, order, withOurId }) => {
      now = morning
      const subjectId = uuid()
      const providerId = `wamid.${subjectId}`
      await db.asSystem('test', (tx) =>
        queueMessages(tx, [
          {
            topic: 'delivery_question',
            subjectId,
            template: 'delivery_question',
            channel: 'whatsapp',
            address: '+6281200009001',
            regionCode: '32.75',
            locale: 'id',
            params: { programme: 'P', period: 'N', link: 'L', until: 'U' },
            buttons: { received: 'T', not_received: 'T' },
            expiresAt: new Date('2026-12-01T00:00:00Z'),
          },
        ]),
      )
      const [{ id } = { id: '' }] = await sql<{ id: string }>('select id from message where subject_id = $1', [
        subjectId,
      ])
      const perform = async (step: (typeof order)[number]) => {
        if (step === 'settle') return void (await settleStatuses(db))
        await db.asSystem('test', (tx) =>
          noteStatuses(tx, [
            {
              providerId,
              status: step as NewStatus['status'],
              messageId: withOurId ? id : null,
              fault: step === 'failed' ? 'not_reachable' : null,
              at: new Date(morning.getTime() + 1000 * (kinds.indexOf(step as NewStatus['status']) + 1)),
            },
          ]),
        )
      }
      const noted = order.indexOf('note')
      // What stands before our note comes while the provider is being asked.
      provider.reset()
      provider.answer = () => ({ status: 200, body: { messages: [{ id: providerId }] } })
      provider.meanwhile = async () => {
        for (const step of order.slice(0, noted)) await perform(step)
      }
      await sendDue({ db, log: { info() {}, warn() {}, error() {} } })
      for (const step of order.slice(noted + 1)) await perform(step)
      await settleStatuses(db)
      const [row] = await sql(
        'select state, fault, delivered_at, read_at, sent_at, ended_at, tries from message where id = $1',
        [id],
      )
      const state = most(said)
      assert.equal(row?.['state'], state)
      assert.equal(row['fault'], state === 'undelivered' ? 'not_reachable' : null)
      const reached = said.filter((one) => one === 'delivered' || one === 'read')
      assert.deepEqual(
        row['delivered_at'],
        reached.length > 0 ? new Date(morning.getTime() + (reached.includes('delivered') ? 2000 : 3000)) : null,
      )
      assert.deepEqual(row['read_at'], said.includes('read') ? new Date(morning.getTime() + 3000) : null)
      assert.ok(row['sent_at'] && row['ended_at'])
      assert.equal(provider.asked.length, 1)
    }),
    { numRuns: 60 },
  )
})
