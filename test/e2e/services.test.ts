import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { v7 as uuid } from 'uuid'
import { openFamily } from '#src/people/register/index.ts'
import { type Application, serviceActs } from '#src/programmes/services/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit, type Desk } from '#test/support/staff-page.ts'

/*
 * A case worker's day on a telephone: what is due today is opened, its result chosen, saved. Three taps. The pages around it are looked at
 * on the way, with ugly names.
 */
const VILLAGE = '36.73.01.1001'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
after(() => browser.close())
const UGLY = 'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat binti Haji M.'

test(
  'a step is recorded in three taps; the officer sees it on the case and in the figures',
  { timeout: 240_000 },
  async () => {
    const [family] = await registerFamilies(server.db, 1, VILLAGE)
    assert.ok(family)
    const sari = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari' })
    const bagas = await atDesk(
      server,
      browser,
      { role: 'pillar', regionCode: VILLAGE, name: 'Bagas' },
      { width: 360, height: 740 },
    )
    const as = <T>(who: Desk, work: (tx: Tx, actor: Desk['actor']) => Promise<T>) => {
      const actor = { ...who.actor, at: server.clock.now() }
      return server.db.as(actor, (tx) => work(tx, actor))
    }
    const begun = async (
      given: Application,
      code: string,
      answers: Record<string, unknown>,
      steps: { code: string; dueOn: string }[],
    ) => {
      const id = await as(sari, (tx, actor) => serviceActs.applyForService(tx, actor, given))
      await as(sari, (tx, actor) => serviceActs.assess(tx, actor, id, { id: uuid(), code, result: 'done', answers }))
      await as(sari, (tx, actor) =>
        serviceActs.planSteps(tx, actor, id, { steps: steps.map((one) => ({ ...one, assigneeId: bagas.accountId })) }),
      )
      return id
    }
    await visit(bagas, `${server.url}/lapangan/layanan`)
    await bagas.page.getByText('Tidak ada tugas').waitFor()
    await look(bagas, 'service-day-empty')
    await as(sari, (tx, actor) =>
      openFamily(tx, actor, { familyId: family.family, reason: 'Permohonan layanan', work: 'service' }),
    )
    const leg = await begun(
      { programmeCode: 'KAKI_PALSU', familyId: family.family, personId: family.head },
      'asesmen',
      { side: 'left', level: 'below_knee' },
      [
        { code: 'pengukuran', dueOn: '2026-11-19' },
        { code: 'kunjungan', dueOn: '2026-12-20' },
      ],
    )
    await begun(
      {
        programmeCode: 'UPSK',
        walkIn: { name: UGLY, address: `Jalan Haji Muhammad Yunus Gang Kenanga Raya Nomor ${'12'.repeat(20)}` },
        regionCode: VILLAGE,
      },
      'deteksi_dini',
      { sees: 'some', hears: 'no', walks: 'much', suspected: ['physical', 'visual'] },
      [{ code: 'kunjungan', dueOn: '2026-11-19' }],
    )

    // One tap: what is due today. Two: the result. Three: save.
    let taps = 0
    const tap = (what: Locator) => (taps++, what.click())
    await visit(bagas, `${server.url}/lapangan/layanan`)
    await bagas.page.getByText('Hari ini (2)').waitFor()
    await look(bagas, 'service-day')
    await tap(bagas.page.getByRole('link', { name: /Raden Ayu/ }))
    await tap(bagas.page.getByText('Membaik'))
    await look(bagas, 'service-step')
    await tap(bagas.page.getByRole('button', { name: 'Simpan', exact: true }))
    assert.equal(taps, 3)
    await bagas.page.getByText('Tercatat.').waitFor()
    await bagas.page.getByText('Hari ini (1)').waitFor()
    assert.deepEqual(await server.sql(`select result from service_record where recorded_by = $1`, [bagas.accountId]), [
      { result: 'better' },
    ])

    // A measuring asks for its number, and keeps what was typed.
    await bagas.page.getByRole('link', { name: /Pengukuran/ }).click()
    await bagas.page.getByText('Terlaksana').click()
    await bagas.page.getByLabel('Panjang puntung (mm)').fill('5')
    await bagas.page.getByRole('button', { name: 'Simpan', exact: true }).click()
    await bagas.page.locator('.field.wrong').first().waitFor()
    assert.equal(await bagas.page.getByLabel('Panjang puntung (mm)').inputValue(), '5')
    await look(bagas, 'service-step-wrong')
    await bagas.page.getByLabel('Panjang puntung (mm)').fill('180')
    await bagas.page.getByRole('button', { name: 'Simpan', exact: true }).click()
    await bagas.page.getByText('Tercatat.').waitFor()

    await visit(sari, `${server.url}/layanan`)
    await sari.page.getByRole('link', { name: 'LAY-000001' }).waitFor()
    await look(sari, 'service-list')
    await visit(sari, `${server.url}/layanan/${leg}`)
    await sari.page.getByText('180').waitFor()
    await look(sari, 'service-case')
    await sari.page.getByRole('button', { name: 'Ubah tanggal: Kunjungan sesudah pemasangan' }).first().click()
    await sari.page.getByLabel('Tanggal baru').fill('2026-12-28')
    await sari.page.getByLabel('Alasan').fill('Warga di luar kota')
    await sari.page.getByRole('button', { name: 'Ubah tanggal', exact: true }).click()
    await sari.page.getByText('tanggal diubah').first().waitFor()

    // An application by the box of the register.
    await visit(sari, `${server.url}/layanan/baru`)
    await look(sari, 'service-new-which')
    await sari.page.getByRole('link', { name: 'UEP', exact: true }).click()
    await sari.page.getByLabel('Cari nama, NIK').fill('Sukarsih Wulandari')
    await sari.page.getByRole('button', { name: 'Cari' }).click()
    await sari.page.getByLabel(/Sukarsih Wulandari/).check()
    await sari.page.getByLabel('Alasan membuka data keluarga').fill('Permohonan modal usaha')
    await look(sari, 'service-new')
    await sari.page.getByRole('button', { name: 'Ajukan', exact: true }).click()
    await sari.page.getByRole('heading', { name: /Layanan LAY-/ }).waitFor()

    // A meeting of twenty-five families: they join by a search in the register, and that all of them came is three taps.
    const endang = await atDesk(
      server,
      browser,
      { role: 'supervisor', regionCode: VILLAGE, name: 'Endang' },
      { width: 360, height: 740, dark: true },
    )
    const group = await as(endang, (tx, actor) =>
      serviceActs.applyForService(tx, actor, {
        programmeCode: 'P2K2',
        groupName: 'Melati',
        regionCode: VILLAGE,
        workerId: bagas.accountId,
      }),
    )
    for (const name of ['Ni', UGLY, ...Array.from({ length: 22 }, (_, at) => `Sumiati ${at + 1}`)])
      await as(endang, (tx, actor) => serviceActs.addMember(tx, actor, group, { name }))
    await visit(endang, `${server.url}/layanan/${group}`)
    await endang.page.getByRole('button', { name: 'Tindakan' }).click()
    await endang.page.getByRole('button', { name: 'Tambah anggota' }).click()
    await endang.page.getByLabel('Cari keluarga dalam data').fill('Sukarsih Wulandari')
    await endang.page.getByRole('button', { name: 'Cari', exact: true }).click()
    await endang.page.getByLabel(/Sukarsih Wulandari/).check()
    await endang.page.getByLabel('Alasan membuka data keluarga').fill('Anggota kelompok P2K2')
    await look(endang, 'service-members-dark')
    await endang.page.locator('form').getByRole('button', { name: 'Tambah anggota' }).click()
    await endang.page.getByText('Anggota (25)').waitFor()
    taps = 0
    await visit(bagas, `${server.url}/lapangan/layanan`)
    await tap(bagas.page.getByRole('link', { name: /Melati/ }))
    await tap(bagas.page.getByText('Terlaksana'))
    await bagas.page.getByText('Hadir 25 dari 25').waitFor()
    // At the end the bar stands beneath the names and not over one of them.
    await bagas.page.evaluate(() => scrollTo(0, document.body.scrollHeight))
    await look(bagas, 'service-group')
    await tap(bagas.page.getByRole('button', { name: 'Simpan', exact: true }))
    await bagas.page.getByText('Tercatat.').waitFor()
    assert.equal(taps, 3)
    assert.deepEqual(
      await server.sql(
        'select count(*) filter (where present)::int as came, count(*)::int as n from service_attendance',
      ),
      [{ came: 25, n: 25 }],
    )

    // From a complaint: whom it names stands in the form, and the service stands on the complaint.
    const filed = await sari.page.evaluate(
      async (body) => {
        const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        return (await (await fetch('/api/complaints', sent)).json()) as { id: string; number: string }
      },
      {
        regionCode: VILLAGE,
        class: 'complaint',
        matter: 'enrolment.not_listed',
        body: 'Seorang bapak memerlukan alat bantu dengar, sudah lama tidak mendengar dengan baik.',
        complainant: { name: 'Warsih', phone: '0812 0000 9001' },
        concerned: [{ name: UGLY, address: 'Gang Mawar 3' }],
      },
    )
    await visit(sari, `${server.url}/kerja/${filed.id}`)
    await sari.page.getByRole('link', { name: 'Ajukan layanan' }).click()
    await sari.page.getByRole('link', { name: 'UEP', exact: true }).click()
    assert.equal(await sari.page.getByLabel('Nama lengkap').inputValue(), UGLY)
    await look(sari, 'service-new-complaint')
    await sari.page.getByRole('button', { name: 'Ajukan', exact: true }).click()
    await sari.page.getByRole('heading', { name: /Layanan LAY-/ }).waitFor()
    await visit(sari, `${server.url}/kerja/${filed.id}`)
    await sari.page.getByRole('link', { name: /^LAY-/ }).waitFor()
    await look(sari, 'service-of-complaint')

    // The plan of a programme of the province: a draft, a fault at its place, an example tried, all but published.
    const siti = await atDesk(
      server,
      browser,
      { role: 'supervisor', regionCode: '36', name: 'Siti' },
      { width: 360, height: 740 },
    )
    await visit(siti, `${server.url}/layanan/rencana`)
    await look(siti, 'plans')
    await siti.page.getByRole('link', { name: 'UPSK', exact: true }).click()
    await siti.page.getByRole('button', { name: 'Susun rencana baru' }).click()
    await siti.page.getByText('Rencana ini dapat dijalankan.').waitFor()
    await siti.page.getByText('Deteksi dini kedisabilitasan').first().click()
    await siti.page.locator('[id="steps.1.name"]').fill('')
    await siti.page.getByText('1 hal perlu diperbaiki').waitFor()
    await look(siti, 'plan-fault')
    await siti.page.locator('[id="steps.1.name"]').fill('Deteksi dini')
    await siti.page.getByRole('button', { name: 'Tambah contoh kasus' }).click()
    await siti.page.getByLabel('Nama contoh').fill(UGLY)
    await siti.page.getByLabel('Berakhir dengan').selectOption('guided')
    await siti.page.getByRole('button', { name: 'Isi jalan terpendek' }).click()
    await siti.page.getByText(/Sampai ke hasil akhir/).waitFor()
    await siti.page.getByRole('button', { name: 'Simpan konsep' }).click()
    await siti.page.getByText('Diterbitkan kepala kantor yang bukan penyusunnya.').waitFor()
    await siti.page.getByRole('heading', { name: /Yang berubah dari rencana/ }).waitFor()
    await look(siti, 'plan-draft')
    // Published by another head of the office, and taken back: it stays, and the plan before counts again.
    const tubagus = await atDesk(server, browser, { role: 'supervisor', regionCode: '36', name: 'Tubagus' })
    await visit(tubagus, `${server.url}/layanan/rencana/UPSK/konsep`)
    await tubagus.page.getByRole('button', { name: 'Terbitkan' }).click()
    await tubagus.page.getByRole('dialog').getByRole('button', { name: 'Terbitkan' }).click()
    await tubagus.page.getByRole('button', { name: 'Cabut rencana' }).click()
    const asking = tubagus.page.getByRole('dialog')
    await asking.getByText('Setelah itu rencana yang berlaku sejak').waitFor()
    await asking.getByLabel('Tidak dipakai lagi mulai').fill('2035-01-01')
    await asking.getByLabel('Alasan').fill('Ya')
    await asking.getByRole('button', { name: 'Cabut rencana' }).click()
    await asking.getByRole('link', { name: /paling sedikit|minimal|terlalu pendek/i }).waitFor()
    await look(tubagus, 'plan-end')
    await asking.getByLabel('Alasan').fill('Langkahnya keliru')
    await asking.getByRole('button', { name: 'Cabut rencana' }).click()
    await tubagus.page.getByText('Dicabut mulai 1 Jan 2035').waitFor()
    await tubagus.page.getByText('Dicabut Tubagus: Langkahnya keliru').waitFor()
    assert.equal(await tubagus.page.getByRole('button', { name: 'Cabut rencana' }).count(), 0)
    await tubagus.context.close()

    for (const [name, address] of Object.entries({
      'service-results': '/layanan?tab=hasil',
      'service-case-dark': `/layanan/${group}`,
      'service-list-dark': '/layanan?status=all',
      'plans-dark': '/layanan/rencana',
      'plan-dark': '/layanan/rencana/P2K2/2020-01-01',
    })) {
      await visit(endang, `${server.url}${address}`)
      await look(endang, name)
    }
  },
)
