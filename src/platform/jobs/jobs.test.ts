import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql as raw } from 'kysely'
import { testDatabase } from '#test/support/postgres.ts'
import { type AnyJob, defineJob, defineLoop, enqueue, startJobs } from './index.ts'

const { db, sql, appUrl } = await testDatabase({ max: 8 })

async function start(jobs: readonly AnyJob[], work = true) {
  const running = await startJobs({ appUrl, db, jobs, work })
  after(() => running.stop())
  return running
}

async function until(holds: () => boolean | Promise<boolean>, what: string) {
  for (let tries = 0; tries < 2400; tries++) {
    if (await holds()) return
    await sleep(25)
  }
  assert.fail(`waited a minute in vain: ${what}`)
}

test('a job is done when the write beside it is, and not when the write is undone', async () => {
  const done: number[] = []
  const remind = defineJob<{ n: number }>({ name: 'test.remind', work: async (_, { n }) => void done.push(n) })
  const running = await start([remind])
  await db.asSystem('test', (tx) => enqueue(tx, remind, { n: 1 }))
  await assert.rejects(
    db.asSystem('test', async (tx) => {
      await enqueue(tx, remind, { n: 2 })
      throw new Error('undone')
    }),
    /undone/,
  )
  // A citizen's transaction may leave a job behind, and look at none.
  const at = new Date()
  await db.as({ complaintId: '01920000-0000-7000-8000-000000000001', at }, (tx) => enqueue(tx, remind, { n: 3 }))
  await assert.rejects(
    db.asPublic((tx) => raw`select data from pgboss.job`.execute(tx)),
    { code: '42501' },
  )
  await until(() => done.length === 2, 'two jobs')
  await sleep(200)
  assert.deepEqual(done.toSorted(), [1, 3])
  await running.stop()
})

test('a job that fails is tried again; several processes share the work and none does it twice', async () => {
  const done: string[] = []
  let failures = 0
  const work = (who: string) =>
    defineJob<{ n: number }>({
      name: 'test.share',
      retryAfterSeconds: 0,
      work: async (_, { n }) => {
        if (n === 0 && failures++ === 0) throw new Error('not yet')
        await sleep(5)
        done.push(`${n} by ${who}`)
      },
    })
  const mine = work('a')
  const one = await start([mine])
  const other = await start([work('b')])
  await db.asSystem('test', async (tx) => {
    for (let n = 0; n < 40; n++) await enqueue(tx, mine, { n })
  })
  await until(() => done.length >= 40, '40 jobs')
  assert.deepEqual(
    done.map((one_) => Number(one_.split(' ')[0])).toSorted((a, b) => a - b),
    Array.from({ length: 40 }, (_, n) => n),
  )
  assert.equal(failures, 2)
  await Promise.all([one.stop(), other.stop()])
})

test('schedules are kept in UTC, and what is no longer scheduled is forgotten', async () => {
  const first = await start([
    defineJob({ name: 'test.nightly', schedule: '0 17 * * *', work: async () => {} }),
    defineJob({ name: 'test.hourly', schedule: '0 * * * *', work: async () => {} }),
  ])
  const schedules = () => sql(`select name, cron, timezone from pgboss.schedule order by name`)
  assert.deepEqual(await schedules(), [
    { name: 'test.hourly', cron: '0 * * * *', timezone: 'UTC' },
    { name: 'test.nightly', cron: '0 17 * * *', timezone: 'UTC' },
  ])
  await first.stop()
  const second = await start([defineJob({ name: 'test.hourly', schedule: '30 * * * *', work: async () => {} })])
  assert.deepEqual(await schedules(), [{ name: 'test.hourly', cron: '30 * * * *', timezone: 'UTC' }])
  await second.stop()
})

test('stopping waits for what is under way and starts nothing more; a process may only enqueue', async () => {
  const said: string[] = []
  const slow = defineJob<{ n: number }>({
    name: 'test.slow',
    work: async () => {
      said.push('begun')
      await sleep(700)
      said.push('done')
    },
  })
  const beat = defineLoop({ name: 'test.beat', everySeconds: 0.01, work: async () => void said.push('beat') })
  const sender = await start([slow], false)
  await db.asSystem('test', (tx) => enqueue(tx, slow, { n: 1 }))
  await sleep(300)
  assert.equal(said.length, 0, 'a process that only enqueues does nothing')
  await sender.stop()
  const worker = await start([slow, beat])
  await until(() => said.includes('begun') && said.includes('beat'), 'the slow job and the loop')
  await worker.stop()
  assert.ok(said.includes('done'))
  const then = said.length
  await sleep(100)
  assert.equal(said.length, then)
  const [left] = await sql(`select state from pgboss.job where name = 'test.slow'`)
  assert.equal(left?.['state'], 'completed')
  await assert.rejects(
    db.asSystem('test', (tx) => enqueue(tx, slow, { n: 2 })),
    /before startJobs/,
  )
})

test('the application owns nothing of the queue and may not change its tables', async () => {
  const owners = await sql(
    `select distinct tableowner from pg_tables where schemaname = 'pgboss' and tableowner <> 'pilar_owner'`,
  )
  assert.deepEqual(owners, [])
  await assert.rejects(
    db.asSystem('test', (tx) => raw`drop table pgboss.job`.execute(tx)),
    { code: '42501' },
  )
})
