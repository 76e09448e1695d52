import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { after, test } from 'node:test'
import { stopLeftover } from '#src/platform/db/embedded-leftover.ts'
import { startPilar } from '#test/support/pilar.ts'
import { scratch } from '#test/support/scratch.ts'

/** A process that ended and that nobody has asked about yet (state Z) is not alive. */
const isAlive = (pid: number) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
const postmaster = async (folder: string) =>
  Number((await readFile(path.join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])

test('first start, a second beside it, kill -9, the next start, Ctrl-C', { timeout: 300_000 }, async (t) => {
  const folder = await mkdtemp(path.join(scratch, 'pilar-life-'))
  after(async () => {
    await stopLeftover(path.join(folder, 'postgres'), () => {}).catch(() => {})
    await rm(folder, { recursive: true, force: true })
  })

  const first = await startPilar({ PILAR_DATA: folder })
  await first.ready
  assert.equal((await fetch(`${first.url}/api/openapi.json`)).status, 200)
  assert.equal((await fetch(first.url)).status, 200)

  await t.test('secrets are for the owner only', async () => {
    for (const name of ['postgres.json', 'secret', 'postgres.log']) {
      assert.equal(((await stat(path.join(folder, name))).mode & 0o777).toString(8), '600', name)
    }
    assert.equal(((await stat(path.join(folder, 'postgres'))).mode & 0o777).toString(8), '700')
  })

  await t.test('a second one with the same folder is refused and leaves the first alone', async () => {
    const second = await startPilar({ PILAR_DATA: folder })
    assert.equal(await second.ended, 1)
    assert.match(
      second.output(),
      new RegExp(`Pilar already runs with the data folder ${folder} \\(process ${first.pid}\\)`),
    )
    assert.equal((await fetch(`${first.url}/api/openapi.json`)).status, 200)
  })

  const left = await postmaster(folder)
  first.kill('SIGKILL')
  assert.equal(await first.ended, 'SIGKILL')
  assert.ok(isAlive(left), 'the database server outlives a killed Pilar')

  const began = Date.now()
  const next = await startPilar({ PILAR_DATA: folder })
  await next.ready
  t.diagnostic(`a later start serves after ${Date.now() - began} ms`)
  assert.ok(!isAlive(left), 'the server that was left behind is gone')
  assert.match(next.output(), /The database server of an earlier run is still there: stopping it first/)
  assert.equal((await fetch(`${next.url}/api/openapi.json`)).status, 200)

  const server = await postmaster(folder)
  next.kill('SIGINT')
  // The same Ctrl-C once more, as npm passes it on: one and the same.
  next.kill('SIGINT')
  assert.equal(await next.ended, 0, next.output())
  assert.match(next.output(), /Ending: finishing what is under way/)
  assert.ok(!isAlive(server), 'the database server ended too')
  assert.ok(!(await readdir(folder)).includes('pilar.pid'), 'the folder is free')
  const log = await readFile(path.join(folder, 'postgres.log'), 'utf8')
  assert.match(log.trim().split('\n').at(-1) ?? '', /database system is shut down/)
})
