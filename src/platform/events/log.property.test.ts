import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import pg from 'pg'
import { testDatabase } from '#test/support/postgres.ts'
import { compareCursors, type Cursor, getFrontier, readEvents } from './log.ts'

const { db, sql, ownerUrl } = await testDatabase()

const WRITERS = 4
const writers = await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    const client = new pg.Client({ connectionString: ownerUrl })
    // The database may be dropped, with everybody in it, before these end.
    client.on('error', () => {})
    await client.connect()
    return client
  }),
)
after(() => Promise.all(writers.map((client) => client.end())))

/** What happens in one step: a writer writes (beginning a transaction if need be), ends it either way, or a reader reads. */
type Step = { do: 'write' | 'commit' | 'rollback' | 'read'; who: number }
const Step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(WRITERS - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('commit' as const), who: fc.nat(WRITERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), who: fc.nat(WRITERS - 1) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), who: fc.constant(0) }) },
)

/** The shortest of them: one begins first and commits last, and somebody reads in between. */
const overtaken: Step[] = [
  { do: 'write', who: 0 },
  { do: 'write', who: 1 },
  { do: 'commit', who: 1 },
  { do: 'read', who: 0 },
  { do: 'commit', who: 0 },
  { do: 'read', who: 0 },
]

const read = (from: Cursor, limit: number) => db.asSystem('test', (tx) => readEvents(tx, from, limit))

let runs = 0
let lostByIds = 0
let outOfOrder = 0

test('whatever the order of commits, every reader gets each event once and in one order, from wherever it resumes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(Step, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 1, max: 7 }),
      async (steps, limit) => {
        const run = `run ${++runs}`
        const start = await db.asSystem('test', getFrontier)
        const open = new Set<number>()
        let written = 0
        const got: (Cursor & { name: string })[] = []
        const byId = { last: 0, got: new Set<string>() }
        const [newest] = await sql<{ id: number }>('select coalesce(max(id), 0) as id from event_log')
        byId.last = newest?.id ?? 0

        const readOn = async () => {
          const { events } = await read(got.at(-1) ?? start, limit)
          for (const { xid, id, kind, subjectId } of events) if (kind === run) got.push({ xid, id, name: subjectId })
          return events.length
        }
        // The negative control: the reader everybody writes first.
        const readById = async () => {
          const rows = await sql<{ id: number; subject_id: string; kind: string }>(
            `select id, subject_id, kind from event_log where id > ${byId.last} order by id`,
          )
          for (const row of rows) {
            byId.last = row.id
            if (row.kind === run) byId.got.add(row.subject_id)
          }
        }

        for (const step of steps) {
          const client = writers[step.who]
          assert.ok(client)
          if (step.do === 'read') {
            await readOn()
            await readById()
          } else if (step.do === 'write') {
            if (!open.has(step.who)) await client.query('begin')
            open.add(step.who)
            await client.query(`insert into event_log (kind, subject, subject_id) values ($1, 'test', $2)`, [
              run,
              String(++written),
            ])
          } else if (open.delete(step.who)) await client.query(step.do)
        }
        for (const who of open) await writers[who]?.query('commit')

        const expected = (
          await sql<Cursor & { name: string }>(
            `select xid::text, id, subject_id as name from event_log where kind = '${run}' order by xid, id`,
          )
        ).map((row) => ({ ...row }))
        // Transactions of other tests on the same server hold events back for a moment; none is lost.
        for (let tries = 0; got.length < expected.length && tries < 6000; tries++)
          if ((await readOn()) === 0) await sleep(10)
        await readById()
        assert.deepEqual(got, expected)

        // A reader that comes back with any place it was ever given gets exactly the rest.
        for (const [index, place] of got.entries()) {
          const { events } = await read(place, 1000)
          assert.deepEqual(
            events.filter((event) => event.kind === run).map((event) => event.subjectId),
            expected.slice(index + 1).map((row) => row.name),
          )
          const before = got[index - 1]
          if (before) assert.ok(compareCursors(before, place) < 0)
        }
        if (byId.got.size < expected.length) lostByIds++
        if (expected.some((row, index) => index > 0 && row.id < (expected[index - 1]?.id ?? 0))) outOfOrder++
      },
    ),
    { numRuns: 40, examples: [[overtaken, 3]] },
  )
})

test('the same histories make a reader that goes by ids alone lose events, so the test above is not vacuous', () => {
  console.log(
    `# of ${runs} histories, ${outOfOrder} had ids out of the order of transactions; by ids alone ${lostByIds} lost events`,
  )
  assert.ok(outOfOrder > 0)
  assert.ok(lostByIds > 0)
})
