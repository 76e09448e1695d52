// What page.evaluate runs lives in a browser.
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import type { Filed } from '#src/complaints/schema.ts'
import type { Submitted } from '#src/people/proposals/schema.ts'
import { recordChanges } from '#src/people/register/index.ts'
import { runDetermination } from '#src/programmes/determination/index.ts'
import type { Determination } from '#src/programmes/determination/schema.ts'
import { assertAccessible } from '#test/support/axe.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { follow, makeLooker, telephone } from '#test/support/citizen-page.ts'
import { annexHolds, whatIfOpens } from '#test/support/determination-page.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { startTestServer } from '#test/support/server.ts'
import { openReady, storyPeople } from '#test/support/story.ts'

/*
 * The story of the complaint goes on: the city cannot answer for good before the widow's family is in the register. One act
 * on the complaint opens a proposal; the village meeting decides, a neighbour of the Karang Taruna looks, the city approves in
 * two steps, and the complaint carries the answer. The next list of who receives Sembako has her: it is made, submitted and
 * approved by two others, and Cek Bansos says so. Kelurahan Margahayu, Bekasi Timur.
 *
 * With PILAR_PICTURES=<folder> it is photographed for the README.
 */

const pictures = process.env['PILAR_PICTURES']
if (pictures) await mkdir(pictures, { recursive: true })
async function picture(page: Page, name: string) {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`) })
}

const server = await startTestServer({ at: '2026-11-05T02:00:00Z' }) // Thursday, 09.00 WIB
const margahayu = '32.75.01.1002'
const browser = await launchBrowser()

const people = {
  bagas: { role: 'pillar', regionCode: margahayu, name: 'Bagas Prakoso' },
  lastri: { role: 'pillar', regionCode: margahayu, name: 'Lastri Handayani' },
  sari: { role: 'officer', regionCode: margahayu, name: 'Sari Wulandari' },
  dimas: { role: 'officer', regionCode: '32.75', name: 'Dimas Ardiansyah' },
  nurul: { role: 'officer', regionCode: '32.75', name: 'Nurul Hidayah' },
  ratna: { role: 'supervisor', regionCode: '32.75', name: 'Ratna Kusumaningtyas' },
  darmawan: { role: 'supervisor', regionCode: '00', name: 'Darmawan' },
  kartika: { role: 'supervisor', regionCode: '00', name: 'Kartika' },
} as const
type Person = keyof typeof people
const { at, signIn } = await storyPeople(server, browser, people)
const open = (page: Page, address: string) => openReady(page, server.url + address)
async function axe(page: Page) {
  // Scrolled down, something always lies half under the bar of the phone, and counts as too small to be pressed.
  await page.evaluate(() => window.scrollTo(0, 0))
  await assertAccessible(page, page.url())
}
async function choose(page: Page, word: string) {
  const button = page.getByRole('button', { name: word, exact: true })
  if ((await button.count()) === 0) await page.getByRole('button', { name: 'Tindakan lain' }).click()
  await button.first().click()
  await page.locator('section.act').waitFor()
}
/** Sends the open form of an act, and waits until it is done. */
async function sendAct(page: Page) {
  await page.locator('section.act form button.btn-primary').click()
  await page.locator('section.act').waitFor({ state: 'detached' })
}
const api = async (person: Person, url: string, payload: object = {}) => {
  const { cookie } = await signIn(person)
  const res = await server.app.inject({ method: 'POST', url: `/api${url}`, headers: { cookie }, payload })
  assert.ok(res.statusCode < 300, res.body)
  return res
}
const stateOf = async (id: string) =>
  (await server.sql<{ state: string }>('select state from proposal where id = $1', [id]))[0]?.state

// The list of November is made before anybody hears of the widow. Three neighbours are on it.
const nik = '9999015708859001'
await registerFamilies(server.db, 3, margahayu, () => ({ decile: 1 }))
const november = (
  await api('dimas', '/determinations', { programmeCode: 'SEMBAKO', period: '2026-11', regionCode: '32.75' })
).json<Determination>()
await runDetermination(server.db, november.id)

test('from the complaint to the register, and back to the complaint with an answer', async () => {
  const filed = (
    await api('bagas', '/complaints', {
      regionCode: margahayu,
      class: 'complaint',
      matter: 'enrolment.not_listed',
      programmeCode: 'BST',
      body: 'Ibu Sumiati seorang janda dengan tiga anak. Ia tidak terdaftar, padahal tetangganya yang mampu terdaftar.',
      complainant: { name: 'Bagas Prakoso', phone: '0812 0000 9001', relationship: 'tetangga' },
      concerned: [
        {
          name: 'Sumiati',
          nik,
          sex: 'female',
          birthDate: '1985-08-17',
          address: 'Gang Mawar 3',
          rt: '02',
          rw: '05',
        },
      ],
    })
  ).json<Filed>()
  await api('sari', `/complaints/${filed.id}/verify`)
  await api('sari', `/complaints/${filed.id}/refer-up`, { reason: 'Perlu dimasukkan ke data, mohon kota.' })
  const [{ office_id: holder } = { office_id: '' }] = await server.sql<{ office_id: string }>(
    'select office_id from complaint where id = $1',
    [filed.id],
  )
  assert.equal(holder, '32.75/social')
  await api('dimas', `/complaints/${filed.id}/accept`)

  // One act, everything filled in.
  let page = await at('dimas')
  await open(page, `/kerja/${filed.id}`)
  await choose(page, 'Buka usulan data')
  await sendAct(page)
  await page.getByRole('heading', { name: 'Usulan dari aduan ini' }).waitFor()
  await axe(page)
  await picture(page, 'register-1')
  await page.context().close()
  const [proposal] = await server.sql<{ id: string; number: string }>(
    'select id, number from proposal where complaint_id = $1',
    [filed.id],
  )
  assert.ok(proposal)

  // The village meeting: the proposal is on the agenda by itself.
  server.clock.set('2026-11-10T02:00:00Z')
  page = await at('sari')
  await open(page, '/musyawarah')
  await page.locator('[name="place"]').fill('Aula Kelurahan Margahayu')
  await page.getByRole('button', { name: 'Buka musyawarah' }).click()
  await page.waitForURL(/musyawarah\/[0-9a-f-]{36}$/)
  await page.getByText(proposal.number).first().waitFor()
  await axe(page)
  await page.locator('[data-item]').first().focus()
  await page.keyboard.press('t')
  await page.locator('[data-item]').getByText('diterima', { exact: true }).waitFor()
  await page.locator('[name="name"]').fill('Haji Mulyana')
  await page.locator('[name="capacity"]').fill('Ketua RW 05')
  await page.getByRole('button', { name: 'Tambah hadirin' }).click()
  await page.getByText('tanda tangan di kertas', { exact: false }).first().waitFor()
  await picture(page, 'register-2')
  await page.getByRole('button', { name: 'Terbitkan berita acara' }).click()
  await page.getByRole('link', { name: /Berita acara/ }).waitFor()
  await page.getByRole('button', { name: 'Tutup musyawarah' }).click()
  await page.getByText('Selesai', { exact: true }).waitFor()
  assert.equal(await stateOf(proposal.id), 'accepted')

  // Somebody goes and looks.
  await open(page, `/usulan/${proposal.id}`)
  await choose(page, 'Beri tugas cek lapangan')
  await page.locator('[name="checkerId"]').selectOption({ label: 'Lastri Handayani' })
  await sendAct(page)
  await axe(page)
  await page.context().close()

  server.clock.set('2026-11-12T02:00:00Z')
  page = await at('lastri', { width: 360, height: 740 })
  await open(page, '/usulan?view=checks')
  await page.getByText(proposal.number).click()
  await page.waitForURL(`**/lapangan/periksa/${proposal.id}`)
  await page.locator('[name="result"]').selectOption('differs')
  await page.locator('[name="visitedOn"]').fill('2026-11-12')
  const children = [
    ['Ayu Lestari', '2010-03-02', 'female'],
    ['Bayu', '2013-07-21', 'male'],
    ['Citra', '2018-01-09', 'female'],
  ] as const
  for (const [index, [name, birthDate, sex]] of children.entries()) {
    await page.getByRole('button', { name: 'Tambah orang' }).click()
    const at = `found.members.${index + 1}`
    await page.locator(`[name="${at}.name"]`).fill(name)
    await page.locator(`[name="${at}.birthDate"]`).fill(birthDate)
    await page.locator(`[name="${at}.sex"]`).selectOption(sex)
    await page.locator(`[name="${at}.relationship"]`).selectOption('child')
  }
  await page.locator('[name="finding"]').fill('Benar, janda dengan tiga anak, rumah kontrakan.')
  await axe(page)
  await picture(page, 'register-3')
  await page.getByRole('button', { name: 'Kirim hasil cek' }).click()
  await page.waitForURL(`**/usulan/${proposal.id}`)
  assert.equal(await stateOf(proposal.id), 'checked')
  await page.context().close()

  // Two steps at the city; who opened the proposal does neither.
  server.clock.set('2026-11-16T02:00:00Z')
  page = await at('dimas')
  await open(page, `/usulan/${proposal.id}`)
  assert.equal(await page.getByRole('button', { name: 'Verifikasi', exact: true }).count(), 0)
  await page.context().close()
  for (const [person, word] of [
    ['nurul', 'Verifikasi'],
    ['ratna', 'Sahkan'],
  ] as const) {
    page = await at(person)
    await open(page, `/usulan/${proposal.id}`)
    await choose(page, word)
    await sendAct(page)
    await page.context().close()
  }
  const family = await server.sql(
    `select f.address, f.rt, f.rw, f.status, h.name as head from family f join person h on h.id = f.head_id
     where f.id = (select family_id from proposal where id = $1)`,
    [proposal.id],
  )
  assert.deepEqual(family, [{ address: 'Gang Mawar 3', rt: '02', rw: '05', status: 'active', head: 'Sumiati' }])
  const members = await server.sql(
    `select name, nik, relationship, birth_date from person where family_id = (select family_id from proposal where id = $1) order by birth_date`,
    [proposal.id],
  )
  assert.deepEqual(members, [
    { name: 'Sumiati', nik, relationship: 'head', birth_date: '1985-08-17' },
    ...children.map(([name, birth_date]) => ({ name, nik: null, relationship: 'child', birth_date })),
  ])

  // The family in the register: opened with a reason.
  page = await at('sari')
  const [{ family_id: familyId } = { family_id: '' }] = await server.sql<{ family_id: string }>(
    'select family_id from proposal where id = $1',
    [proposal.id],
  )
  await api('sari', `/register/families/${familyId}/open`, {
    reason: 'Memberi kabar kepada keluarga',
    work: 'proposal',
    workRef: proposal.number,
  })
  await open(page, `/keluarga/${familyId}`)
  for (const name of ['Sumiati', 'Ayu Lestari', 'Bayu', 'Citra']) await page.getByText(name).first().waitFor()
  await picture(page, 'register-4')
  await page.context().close()

  // The complaint has learnt of it: the answer is ready.
  page = await at('dimas')
  await open(page, `/kerja/${filed.id}`)
  await choose(page, 'Tanggapi')
  const ready = await page.locator('section.act textarea').inputValue()
  assert.match(ready, new RegExp(`Usulan ${proposal.number} sudah disahkan`))
  await sendAct(page)
  await page.context().close()
  const [complaint] = await server.sql<{ state: string; body: string }>(
    `select c.state, e.body from complaint c join complaint_event e on e.complaint_id = c.id and e.kind = 'answered' where c.id = $1`,
    [filed.id],
  )
  assert.deepEqual(complaint, { state: 'answered', body: ready })
})

test('the next list has the widow: made and submitted on a page, approved by two others, and Cek Bansos says so', async () => {
  server.clock.set('2026-11-20T02:00:00Z')
  const [{ family_id: widow } = { family_id: '' }] = await server.sql<{ family_id: string }>(
    'select family_id from person where nik = $1',
    [nik],
  )
  const before = await server.sql<{ family_id: string }>(
    `select family_id from determination_result where determination_id = $1 and outcome = 'in'`,
    [november.id],
  )
  assert.equal(before.length, 3)
  assert.ok(widow && before.every((one) => one.family_id !== widow))
  // The ranking of all families of the register reaches hers.
  await server.db.asSystem('test', (tx) =>
    recordChanges(tx, { role: 'system' }, [
      {
        id: uuid(),
        kind: 'corrected',
        effectiveOn: '2026-11-18',
        source: 'import',
        check: 'none',
        parts: [{ subject: 'family', subjectId: widow, patch: { decile: 1 } }],
      },
    ]),
  )

  let page = await at('dimas')
  await open(page, '/penetapan/baru?period=2026-12')
  await page.locator('[name="programmeCode"]').selectOption('SEMBAKO')
  await page.locator('[name="period"]').selectOption({ label: 'Desember 2026' })
  await page.getByText('Aturan belum diverifikasi').first().waitFor()
  await axe(page)
  await page.getByRole('button', { name: 'Buat penetapan' }).click()
  await page.waitForURL(/penetapan\/[0-9a-f-]{36}$/)
  const id = page.url().slice(-36)
  await page.getByRole('heading', { name: 'Daftar ini menunggu giliran' }).waitFor()
  await runDetermination(server.db, id)
  await page.getByRole('button', { name: 'Ajukan' }).waitFor()
  await axe(page)
  await picture(page, 'register-5')
  await page.getByRole('button', { name: 'Ajukan' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Ajukan' }).click()
  await page.getByText('Menunggu 2 persetujuan lagi').waitFor()
  // Who made it does not approve it.
  assert.equal(await page.getByRole('button', { name: 'Setujui' }).count(), 0)
  await page.context().close()

  for (const person of ['darmawan', 'kartika'] as const) {
    page = await at(person)
    await open(page, `/penetapan/${id}`)
    await page.getByRole('button', { name: 'Setujui' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Setujui' }).click()
    await page.getByText(`Disetujui oleh ${people[person].name}`).waitFor()
    if (person === 'darmawan') await page.context().close()
  }
  await page.getByText('Nomor keputusan 0001/SEMBAKO/2026').waitFor()
  await picture(page, 'register-6')
  await annexHolds(page, ['Sumiati'], 200_000)
  await open(page, `/penetapan/${id}/keluarga?outcome=in&region=${margahayu}`)
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Sumiati', exact: true }) })
  await row.getByText('Memenuhi semua syarat').waitFor()
  await row.getByText('Rp 200.000').waitFor()
  await axe(page)
  await whatIfOpens(page, `${server.url}/penetapan/coba?list=${id}`)
  await page.context().close()

  // Why she is on it: the rule with the data it looked at, for whoever opened the family.
  await api('dimas', `/register/families/${widow}/open`, { reason: 'Menjawab pertanyaan keluarga', work: 'other' })
  page = await at('dimas')
  await open(page, `/penetapan/${id}/keluarga/${widow}`)
  const condition = page.getByRole('listitem').filter({ hasText: 'Desil 1 sampai 4' }).first()
  await condition.getByText('Dipenuhi', { exact: true }).waitFor()
  await condition.getByText('18 Nov 2026').waitFor()
  await axe(page)
  await picture(page, 'register-7')
  await page.context().close()

  const context = await telephone(browser)
  page = await context.newPage()
  await page.goto(`${server.url}/cek-bansos`)
  await page.locator('[name="nik"]').fill(nik)
  await follow(page, () => page.getByRole('button', { name: 'Cek' }).click())
  await page.getByRole('heading', { level: 1, name: 'Terdaftar' }).waitFor()
  await page.getByRole('heading', { name: 'Sembako/BPNT' }).waitFor()
  await picture(page, 'register-8')
  await context.close()
})

test('whoever proposed follows by number like a complaint, without JavaScript, and takes it back', async () => {
  const sent = (
    await server.app.inject({
      method: 'POST',
      url: '/api/proposals',
      payload: {
        regionCode: margahayu,
        kind: 'remove',
        removal: 'moved',
        reason: 'Keluarga Darto sudah pindah sejak tahun lalu.',
        members: [{ name: 'Darto' }],
        proposer: { name: 'Warsih', nik: '9999014101809003' },
      },
    })
  ).json<Submitted>()
  const context = await telephone(browser)
  const looker = await makeLooker(browser)
  const page = await context.newPage()
  await page.goto(`${server.url}/lacak`)
  await page.locator('[name="number"]').fill(sent.number.toLowerCase())
  await page.locator('[name="secret"]').fill(sent.secret)
  await follow(page, () => page.getByRole('button', { name: 'Lihat aduan' }).click())
  await page.getByRole('heading', { level: 1, name: 'Diusulkan' }).waitFor()
  await looker.look(page)
  await page.locator('summary').click()
  await page.locator('[name="reason"]').fill('Ternyata hanya pergi sebentar')
  await follow(page, () => page.getByRole('button', { name: 'Tarik usulan' }).click())
  await page.getByRole('heading', { level: 1, name: 'Ditarik' }).waitFor()
  assert.equal(await stateOf(sent.id), 'withdrawn')
  await context.close()
})
