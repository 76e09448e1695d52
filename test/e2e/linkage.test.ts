import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { recordChange } from '#src/people/register/index.ts'
import { checkPerson } from '#src/people/linkage/index.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look } from '#test/support/staff-page.ts'

const server = await startTestServer()
const browser = await launchBrowser()
after(() => browser.close())

/** A family of one in a village of Bekasi Timur. */
async function person(name: string, region: string): Promise<string> {
  const [id, familyId] = [randomUUID(), randomUUID()]
  const where = { regionCode: region, answers: {}, status: 'active' as const }
  const family = { ...where, headId: id, payeeId: id, address: 'Jl. Melati No. 12', rt: '003', rw: '007' }
  const who = { ...where, familyId, name, birthDate: '1981-06-07', sex: 'female' as const, motherName: 'Tukiyem' }
  await server.db.asSystem('test', (tx) =>
    recordChange(
      tx,
      { role: 'system' },
      {
        id: randomUUID(),
        kind: 'registered',
        effectiveOn: '2026-01-02',
        source: 'survey',
        check: 'none',
        parts: [
          { subject: 'family', subjectId: familyId, isNew: true, patch: family },
          { subject: 'person', subjectId: id, isNew: true, patch: { ...who, ppks: [], relationship: 'head' } },
        ],
      },
    ),
  )
  await server.db.asSystem('test', (tx) => checkPerson(tx, id))
  return id
}

test('an officer compares two records, merges them and takes it back', async () => {
  await person('Sulistyawati Rahayu Kusumaningtyas Wijayanti Puspitasari', '32.75.01.1002')
  await person('Hj. Soelistiawati Rahayu Kusumaningtyas Wijayanti Puspitasari', '32.75.01.1001')
  await person('Painem', '32.75.01.1002')
  await person('Painem', '33.13.01.2001')
  for (const width of [1280, 360]) {
    const desk = await atDesk(server, browser, { role: 'supervisor', regionCode: '32.75' }, { width })
    const { page } = desk
    await page.goto(`${server.url}/ganda`)
    await page.getByRole('link', { name: 'Bandingkan' }).waitFor()
    await look(desk, 'ganda')
    await page.getByRole('link', { name: 'Bandingkan' }).click()
    await page.getByRole('button', { name: 'Buka dan bandingkan' }).click()
    await page.getByRole('button', { name: 'Gabungkan' }).waitFor()
    await look(desk, 'ganda-pair')
    await page.locator('#merge-reason').fill('orang yang sama, sudah ditemui')
    await page.getByRole('button', { name: 'Gabungkan' }).click()
    await page.locator('#undo-reason').fill('untuk percobaan dibatalkan')
    await look(desk, 'ganda-merged')
    await page.getByRole('button', { name: 'Batalkan penggabungan' }).click()
    await page.getByRole('button', { name: 'Gabungkan' }).waitFor()
    await page.goto(`${server.url}/ganda/laporan?kind=two_families`)
    await look(desk, 'ganda-laporan')
    await desk.context.close()
  }
  const [count] = await server.sql<{ merges: number }>(
    'select count(*)::int as merges from link_merge where undone_at is not null',
  )
  assert.equal(count?.merges, 2)
})
