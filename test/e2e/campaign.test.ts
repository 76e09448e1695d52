import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { v7 as uuid } from 'uuid'
import type { Campaign, Visits } from '#src/people/movement/schema.ts'
import { prepareCampaigns } from '#src/people/movement/preparing.ts'
import { publishRegister } from '#src/people/movement/publish.ts'
import { recordChanges, type Change } from '#src/people/register/index.ts'
import type { VersionPage } from '#src/programmes/catalogue/schema.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit, type Desk } from '#test/support/staff-page.ts'

/*
 * A pillar reports a visit on a telephone, and the officer's page shows it as it happens; the pages around it are looked at on the way.
 */
const VILLAGE = '32.75.01.1002'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
after(() => browser.close())

const names = [
  'Ni',
  'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat binti Haji M.',
  'Sumiati',
  'Karsono',
  'Lasmini',
  'Mbok Darmi',
]
const family = (name: string, at: number): Change => {
  const ids = { family: uuid(), head: uuid() }
  return {
    id: uuid(),
    kind: 'registered',
    effectiveOn: '2026-09-01',
    source: 'import',
    check: 'none',
    parts: [
      {
        subject: 'family',
        subjectId: ids.family,
        isNew: true,
        patch: {
          regionCode: VILLAGE,
          status: 'active',
          headId: ids.head,
          address:
            at === 1 ? `Jalan Haji Muhammad Yunus Gang Kenanga Raya Nomor ${'12'.repeat(20)}` : `Gang Melati ${at}`,
          rt: `00${1 + (at % 2)}`,
          rw: '004',
          decile: 1 + (at % 3),
        },
      },
      {
        subject: 'person',
        subjectId: ids.head,
        isNew: true,
        patch: { name, familyId: ids.family, relationship: 'head', status: 'active', ppks: at % 2 ? [24] : [8, 24] },
      },
    ],
  }
}
await server.db.asSystem('test', (tx) => recordChanges(tx, { role: 'system' }, names.map(family)))

async function call<T>(who: Desk, method: 'GET' | 'POST', url: string, payload?: object): Promise<T> {
  const res = await server.app.inject({ method, url, headers: { cookie: who.cookie }, ...(payload && { payload }) })
  assert.ok(res.statusCode < 300, `${url}: ${res.body}`)
  return res.json<T>()
}

test(
  'a pillar reports a visit on a telephone; the officer sees the progress as it happens',
  { timeout: 180_000 },
  async () => {
    const endang = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Endang' })
    const bagas = await atDesk(
      server,
      browser,
      { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' },
      { width: 360, height: 740 },
    )
    await visit(bagas, `${server.url}/lapangan/pemutakhiran`)
    await bagas.page.getByText('Belum ada kunjungan untuk Anda').waitFor()
    await look(bagas, 'visits-empty')
    await visit(endang, `${server.url}/pemutakhiran`)
    await look(endang, 'campaigns-empty')

    await endang.page.getByRole('link', { name: 'Rencanakan pemutakhiran' }).click()
    await endang.page.getByLabel('Nama').fill('Pemutakhiran triwulan IV')
    await endang.page.getByLabel('Alasan').fill('Data keluarga sudah dua tahun tidak diperiksa')
    await endang.page.getByLabel('Mulai').fill('2026-11-19')
    await endang.page.getByLabel('Batas waktu').fill('2026-11-18')
    await endang.page.getByRole('button', { name: 'Simpan rencana' }).click()
    await endang.page.locator('.field.wrong').getByText('Batas waktu mendahului tanggal mulai.').waitFor()
    assert.equal(await endang.page.getByLabel('Alasan').inputValue(), 'Data keluarga sudah dua tahun tidak diperiksa')
    await look(endang, 'campaign-new')
    await endang.page.getByLabel('Batas waktu').fill('2026-11-24')
    await endang.page.getByRole('button', { name: 'Simpan rencana' }).click()
    await endang.page.getByText('6 keluarga akan dibagikan.').waitFor()
    await look(endang, 'campaign-draft')
    await endang.page.getByRole('button', { name: 'Mulai dan bagikan' }).click()
    await endang.page.getByText('Daftar kunjungan sedang disiapkan').waitFor()
    await prepareCampaigns(server.db)
    await visit(endang, endang.page.url().replace(/\?.*$/, ''))
    await endang.page.getByText('0 dari 6 keluarga').waitFor()

    await visit(bagas, `${server.url}/lapangan/pemutakhiran`)
    await bagas.page.getByText('Yang perlu didatangi (6)').waitFor()
    await look(bagas, 'visits')
    await bagas.page.getByRole('link', { name: /Sumiati/ }).click()
    await bagas.page.getByText('1 orang, 0 di antaranya anak').waitFor()
    await bagas.page.getByLabel('Ditemui').check()
    await bagas.page.getByLabel('Lantai terluas').selectOption({ label: 'Tanah' })
    await bagas.page.getByLabel('Kambing atau domba').check()
    await bagas.page.getByLabel('Luas lantai').fill('banyak')
    // Not half under the bar, where a field is smaller than it is.
    await bagas.page.evaluate(() => window.scrollTo(0, 0))
    await look(bagas, 'visit')
    await bagas.page.getByRole('button', { name: 'Kirim laporan' }).click()
    await bagas.page.locator('.field.wrong').first().waitFor()
    assert.equal(await bagas.page.getByLabel('Lantai terluas').inputValue(), 'earth', 'what was chosen stays')
    await bagas.page.getByLabel('Luas lantai').fill('24')
    await bagas.page.getByRole('button', { name: 'Kirim laporan' }).click()
    await bagas.page.getByText('Laporan terkirim.').waitFor()
    await bagas.page.getByText('Yang perlu didatangi (5)').waitFor()
    const [kept] = await server.sql<{ checked_on: string; answers: object }>(
      `select f.checked_on, f.answers from family f join person p on p.id = f.head_id where p.name = 'Sumiati'`,
    )
    assert.deepEqual(kept, { checked_on: '2026-11-19', answers: { floor: 'earth', floorArea: 24, assets: ['goats'] } })

    // In place, without a reload.
    await endang.page.getByText('1 dari 6 keluarga').waitFor()
    const [campaign] = await call<Campaign[]>(endang, 'GET', '/api/register/campaigns')
    const visits = await call<Visits>(bagas, 'GET', `/api/register/visits/${campaign?.id}`)
    const open = visits.items.filter((one) => one.outcome === null)
    for (const [at, outcome] of (['not_found', 'refused'] as const).entries())
      await call(bagas, 'POST', `/api/register/visits/${campaign?.id}/${open[at]?.familyId}`, {
        id: uuid(),
        outcome,
        note: 'Rumah kosong, kata tetangga ikut anaknya',
      })
    await endang.page.getByText('3 dari 6 keluarga').waitFor()
    await look(endang, 'campaign')
    await endang.page.getByRole('link', { name: 'Perlu ditindaklanjuti' }).click()
    await endang.page.locator('tbody').getByText('Menunggu pemeriksaan').waitFor()
    await look(endang, 'campaign-gone')

    const ratna = await atDesk(
      server,
      browser,
      { role: 'supervisor', regionCode: '32.75', name: 'Ratna' },
      { width: 360, height: 740, dark: true },
    )
    const pages = {
      campaigns: '/pemutakhiran',
      'campaign-dark': `/pemutakhiran/${campaign?.id}`,
      movement: '/pergerakan/32.75',
      picture: '/keadaan/32.75',
      'movement-list': '/pergerakan/32.75/keluarga?bulan=2026-11&arah=masuk',
    }
    for (const [name, address] of Object.entries(pages)) {
      await visit(ratna, `${server.url}${address}`)
      await look(ratna, name)
    }
    await publishRegister(server.db)
    await ratna.page.goto(`${server.url}/data-sosial/${VILLAGE}`)
    assert.match(await ratna.page.locator('main').innerText(), /ditutup/)
    await look(ratna, 'public-register')
    await visit(endang, `${server.url}/keadaan/${VILLAGE}`)
    await look(endang, 'picture-wide')
    await visit(endang, `${server.url}/pergerakan/${VILLAGE}`)
    await look(endang, 'movement-wide')
  },
)

/** Presses Tab until what has the focus is named so. */
async function tabTo({ page }: Desk, name: RegExp): Promise<void> {
  for (let pressed = 0; pressed < 300; pressed++) {
    await page.keyboard.press('Tab')
    const named = await page.evaluate(() => {
      const at = document.activeElement
      const label =
        at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : null
      return (at?.getAttribute('aria-label') ?? label ?? at?.textContent ?? '').replace(/\s+/g, ' ').trim()
    })
    if (name.test(named)) return
  }
  assert.fail(`nothing named ${name} is reached by Tab`)
}
const press = (desk: Desk, name: RegExp) => tabTo(desk, name).then(() => desk.page.keyboard.press('Enter'))

test(
  'from a figure to its rows and back by keyboard alone: the register, and a rule that is being written',
  { timeout: 180_000 },
  async () => {
    const ratna = await atDesk(server, browser, { role: 'supervisor', regionCode: '32.75', name: 'Ratna Dewi' })
    await visit(ratna, `${server.url}/keadaan/32.75`)
    await press(ratna, /^Desil 1$/)
    await ratna.page.getByRole('heading', { name: 'Desil 1: Kota Bekasi', level: 1 }).waitFor()
    assert.equal(await ratna.page.locator('section[aria-labelledby=baris] tbody tr').count(), 2)
    await look(ratna, 'picture-rows')
    await press(ratna, /^Isi data sosial/)
    await ratna.page.getByRole('heading', { name: 'Isi data sosial Kota Bekasi', level: 1 }).waitFor()
    await press(ratna, /^12 Orang dalam data$|^6 Orang dalam data$/)
    await ratna.page.getByRole('heading', { name: 'Orang dalam data: Kota Bekasi' }).waitFor()

    const maria = await atDesk(server, browser, { role: 'officer', regionCode: '00', name: 'Maria' })
    const { page } = maria
    const draft = await call<VersionPage>(maria, 'POST', '/api/programmes/SEMBAKO/draft', {})
    await visit(maria, `${server.url}/program/SEMBAKO/${draft.version.version}`)
    const formula = page.getByLabel('Rumus (CEL)').first()
    await formula.waitFor()
    await tabTo(maria, /^Rumus \(CEL\)/)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('family.decile <= 2')
    await page.getByText('Aturan ini tidak ada salahnya.').waitFor()
    await press(maria, /^Hitung$/)
    await page.getByRole('button', { name: /^4 Berhak/ }).waitFor()
    await press(maria, /^4 Berhak/)
    const title = page.getByRole('heading', { name: /^Berhak · Indonesia · 4 keluarga/ })
    await title.waitFor()
    assert.equal(await title.evaluate((node) => node === document.activeElement), true, 'the heading has the focus')
    assert.equal(await page.locator('section[aria-labelledby=aturan-keluarga] tbody tr').count(), 4)
    await look(maria, 'rule-families')
    // Nothing that was typed is lost: not on the way back, and not by a look at a family.
    await press(maria, /^Kembali ke aturan$/)
    await formula.waitFor()
    assert.match((await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) ?? '', /^4 Berhak/)
    await page.keyboard.press('Enter')
    await title.waitFor()
    await press(maria, /^\p{L}\*/u)
    await page.getByLabel('Alasan').first().waitFor()
    await page.goBack()
    await title.waitFor()
    await press(maria, /^Kembali ke aturan$/)
    await formula.waitFor()
    assert.equal(await formula.inputValue(), 'family.decile <= 2')
  },
)
