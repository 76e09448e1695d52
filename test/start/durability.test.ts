import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopLeftover } from '#src/platform/db/embedded-leftover.ts'
import { startPilar, type RunningPilar } from '#test/support/pilar.ts'
import { scratch } from '#test/support/scratch.ts'

type Filed = { id: string; number: string; secret: string; body: string }

test(
  'kill -9 of Pilar and of its database in the middle of writes loses nothing acknowledged',
  { timeout: 300_000 },
  async (t) => {
    const folder = await mkdtemp(path.join(scratch, 'pilar-durable-'))
    after(async () => {
      await stopLeftover(path.join(folder, 'postgres'), () => {}).catch(() => {})
      await rm(folder, { recursive: true, force: true })
    })
    // Every request comes from another citizen, or the limit of one caller would end the test.
    const environment = { PILAR_DATA: folder, PILAR_TRUST_PROXY: 'true' }
    const pilar = await startPilar(environment)
    await pilar.ready

    const acknowledged: Filed[] = []
    let sent = 0
    let failed = 0
    let going = true
    const writer = async () => {
      while (going) {
        const filed = await file(pilar, sent++).catch(() => undefined)
        if (filed) acknowledged.push(filed)
        else failed++
      }
    }
    const writers = Array.from({ length: 8 }, writer)
    const deadline = Date.now() + 180_000
    while (acknowledged.length < 60 && Date.now() < deadline) await sleep(20)
    assert.ok(acknowledged.length >= 60, `only ${acknowledged.length} were acknowledged; ${pilar.output()}`)

    const postmaster = Number((await readFile(path.join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    pilar.kill('SIGKILL')
    await pilar.ended
    going = false
    await Promise.all(writers)
    assert.ok(failed > 0, 'the kill came in the middle of writes')

    const next = await startPilar(environment)
    await next.ready
    const lost: string[] = []
    for (const { number, secret, body } of acknowledged) {
      const answer = await fetch(`${next.url}/api/tracking`, {
        headers: { 'x-tracking': `${number} ${secret}`, 'x-forwarded-for': caller(sent++) },
      })
      if (answer.status !== 200 || !(await answer.text()).includes(body)) lost.push(`${number}: ${answer.status}`)
    }
    t.diagnostic(`${acknowledged.length} acknowledged, ${failed} cut off, ${lost.length} lost`)
    assert.deepEqual(lost, [])
    next.kill('SIGTERM')
    assert.equal(await next.ended, 0, next.output())
  },
)

const caller = (index: number) => `198.18.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`

async function file(pilar: RunningPilar, index: number): Promise<Filed> {
  const body = `Keluarga nomor ${index} belum pernah menerima bantuan padahal sudah didata.`
  const answer = await fetch(`${pilar.url}/api/complaints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': caller(index) },
    body: JSON.stringify({
      regionCode: '32.75.01.1002',
      class: 'complaint',
      matter: 'enrolment.not_listed',
      programmeCode: 'BST',
      body,
      complainant: { name: `Pelapor ${index}`, phone: '0812 0000 9001' },
    }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  return { ...((await answer.json()) as Omit<Filed, 'body'>), body }
}
