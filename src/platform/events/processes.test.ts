import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyAudit } from '#src/platform/audit/index.ts'
import { startApiProcess } from '#test/support/api-process.ts'
import { signedIn } from '#test/support/accounts.ts'
import { openLive } from '#test/support/live.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { db, sql, appUrl } = await testDatabase()

test('two processes on one database tell what is written through either; one is killed and its page goes on at the other', async () => {
  const [one, other] = await Promise.all([startApiProcess(appUrl), startApiProcess(appUrl)])
  const officer = await signedIn(db, { role: 'officer', regionCode: '32.75.05.1003' })
  const file = async (url: string) => {
    const response = await fetch(`${url}/api/complaints`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        regionCode: '32.75.05.1003',
        class: 'complaint',
        matter: 'enrolment.not_listed',
        body: 'Ibu Sumarni layak tetapi tidak terdaftar sebagai penerima bantuan.',
      }),
    })
    assert.equal(response.status, 201, await response.clone().text())
    return ((await response.json()) as { id: string }).id
  }
  const here = await openLive(one.url, officer.cookie)
  const there = await openLive(other.url, officer.cookie)
  for (const page of [here, there]) assert.ok(await page.until(() => page.messages.length > 0))

  const first = await file(one.url)
  const second = await file(other.url)
  for (const page of [here, there]) {
    assert.ok(await page.until(() => page.told().includes(first) && page.told().includes(second)))
    const filed = page.messages.filter((message) => [first, second].includes(String(message.data['subjectId'])))
    assert.deepEqual(
      [...new Set(filed.map((message) => message.data['subjectId']))],
      [first, second],
      'in the order they were written',
    )
  }

  await one.kill('SIGKILL')
  assert.ok(await here.until(() => here.ended()))
  const place = here.lastId()
  assert.ok(place)
  const third = await file(other.url)
  const back = await openLive(other.url, officer.cookie, { lastEventId: place })
  assert.ok(await back.until(() => back.told().includes(third)))
  assert.ok(!back.told().includes(second), 'nothing twice')

  // The loop of whichever process is left seals what both wrote.
  for (let tries = 0; tries < 1200; tries++) {
    const [{ waiting } = { waiting: 1 }] = await sql<{ waiting: number }>(
      'select count(*) as waiting from audit_pending',
    )
    if (waiting === 0) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { outcome, links } = await verifyAudit(db)
  assert.equal(outcome, 'intact')
  assert.ok(links > 10)
  back.close()
  there.close()
  await other.kill('SIGTERM')
})
