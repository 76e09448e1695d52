import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { jobs } from '#src/jobs.ts'
import { type AnyJob, startJobs } from '#src/platform/jobs/index.ts'
import { testDatabase } from '#test/support/postgres.ts'

const isJob = (value: unknown): value is AnyJob =>
  typeof value === 'object' && value !== null && 'work' in value && 'kind' in value && 'name' in value

async function defined(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for await (const file of glob('src/**/jobs.ts')) {
    if (file === 'src/jobs.ts') continue
    const exported = Object.values((await import(path.resolve(file))) as Record<string, unknown>)
    for (const one of exported.flat()) if (isJob(one)) found.set(one.name, file)
  }
  return found
}

test('every job and loop that is defined has a worker, once', async () => {
  const registered = jobs.map((job) => job.name)
  assert.deepEqual(registered.toSorted(), [...new Set(registered)].toSorted(), 'a name is given twice')
  assert.deepEqual([...(await defined()).keys()].toSorted(), registered.toSorted())
})

test('jobs are defined in files called jobs.ts and nowhere else, and each of them is exported', async () => {
  const wrong: string[] = []
  let written = 0
  for await (const file of glob('src/**/*.ts')) {
    if (file.startsWith('src/platform/jobs/') || file.endsWith('.test.ts')) continue
    const uses = [...(await readFile(file, 'utf8')).matchAll(/\bdefine(Job|Loop)(<[^>]*>)?\(/g)].length
    written += uses
    if (uses > 0 && path.basename(file) !== 'jobs.ts') wrong.push(file)
  }
  assert.deepEqual(wrong, [])
  assert.equal(written, (await defined()).size)
})

test('all of them start in one process, each with its queue and its schedule', async () => {
  const { db, sql, appUrl } = await testDatabase()
  const running = await startJobs({ appUrl, db, jobs })
  const queues = await sql<{ name: string }>(`select name from pgboss.queue where name !~ '^__pgboss'`)
  const schedules = await sql<{ name: string; cron: string; timezone: string }>(
    `select name, cron, timezone from pgboss.schedule`,
  )
  await running.stop()
  const queued = jobs.filter((one) => one.kind === 'job')
  assert.deepEqual(queues.map((one) => one.name).toSorted(), queued.map((one) => one.name).toSorted())
  for (const job of queued) {
    if (!job.schedule) continue
    assert.deepEqual(
      schedules.find((one) => one.name === job.name),
      { name: job.name, cron: job.schedule, timezone: 'UTC' },
    )
  }
})
