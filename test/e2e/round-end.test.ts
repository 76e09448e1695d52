import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { reconcileRounds } from '#src/distribution/reconciliation/index.ts'
import { lookForSigns } from '#src/distribution/signs/index.ts'
import { recordContactAsSystem } from '#src/people/contacts/index.ts'
import { setUpMessages } from '#src/platform/messages/index.ts'
import { sendDue } from '#src/platform/messages/sending.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { makeRound } from '#test/support/rounds.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, type Desk, look, visit } from '#test/support/staff-page.ts'

/*
 * The end of a round, through its pages: accounts come in from a file, the bank is paid and answers, the round adds up, a difference
 * opens to the delivery behind it, a citizen says "no", and the complaint stands beside that very delivery.
 */
const CITY = '32.75'
const A = '32.75.05.1003'
const B = '32.75.05.1004'
const server = await startTestServer({ at: '2026-11-21T02:00:00Z' })
const browser = await launchBrowser()
after(() => browser.close())

const names = ['Ni', 'Raden Ayu Kusumawardhani Tjokroningrat Soerjodiningrat binti H.', 'Sumiati', 'Karsono']
const nik = (at: number) => `99990141078590${String(at).padStart(2, '0')}`

/** What a browser keeps of a press on a link to a file. */
async function kept(page: Page, link: string): Promise<{ name: string; text: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()])
  const bytes = await readFile(await download.path())
  return { name: download.suggestedFilename(), text: bytes.toString('utf8'), bytes }
}

test(
  'the end of a round: accounts, payment and answer, differences, a delivery, complaints, signs',
  { timeout: 240_000 },
  async () => {
    const round = await makeRound(server.sql, {
      region: CITY,
      way: 'bank',
      families: [
        // Eleven at night: a sign.
        { village: A, state: 'delivered', name: names[0] ?? '', handovers: [{ at: '2026-11-10T16:00:00Z' }] },
        { village: A, state: 'open', name: names[1] ?? '' },
        { village: B, state: 'open', name: names[2] ?? '' },
        { village: B, state: 'undelivered', name: names[3] ?? '', handovers: [{ outcome: 'refused' }] },
      ],
    })
    const [ni = '', raden = ''] = round.families
    for (const [at, id] of round.families.entries())
      await server.sql(
        `with p as (select gen_random_uuid() as person),
        f as (insert into family (id, region_code, head_id, payee_id, status, member_count, valid_from, known_from, last_seq)
          select $1, $2, person, person, 'active', 1, '2026-01-01', '2026-01-01', 1 from p),
        n as (insert into person (id, family_id, region_code, nik, name, relationship, status, valid_from, known_from, last_seq)
          select person, $1, $2, $3, $4, 'head', 'active', '2026-01-01', '2026-01-01', 1 from p returning id)
       insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source, state, recorded_at, known_at, patch, recorded_role)
       select $1::uuid, 1, 'family', 'registered', gen_random_uuid(), $1::uuid, $2, '2026-01-01'::date, '2026-01-01'::date, 'import', 'in_force', '2026-01-01'::timestamptz, '2026-01-01'::timestamptz,
         jsonb_build_object('regionCode', $2, 'headId', id, 'payeeId', id, 'status', 'active', 'answers', '{}'::jsonb), 'system' from n`,
        [id, at < 2 ? A : B, nik(at + 1), names[at] ?? ''],
      )
    await reconcileRounds(server.db)
    await lookForSigns(server.db)
    const office = await atDesk(server, browser, { role: 'officer', regionCode: CITY, name: 'Dimas' })
    const chief = await atDesk(server, browser, { role: 'supervisor', regionCode: CITY, name: 'Nurul' }, { width: 360, height: 740, dark: true }) // prettier-ignore
    const { page } = office
    const base = `${server.url}/penyaluran/${round.id}`
    const open = (who: Desk, path: string) => visit(who, `${base}${path}`)

    // Whom the bank cannot pay, and where their accounts come from.
    await open(office, '/pembayaran')
    await page.getByRole('link', { name: 'Lihat keluarga tanpa rekening' }).click()
    await page.getByRole('heading', { name: 'Keluarga tanpa rekening (3)' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Catat rekening' }).first().getAttribute('href'), `/keluarga/${raden}#rekening`) // prettier-ignore
    await look(office, 'tanpa-rekening')
    await visit(office, `${server.url}/penyaluran/rekening`)
    const sample = await kept(page, 'Unduh berkas contoh')
    assert.match(sample.text, /^\uFEFFnik;no_kk;bank;no_rekening;atas_nama;dipakai_sejak/)
    await page.getByLabel('Dipakai sejak').fill('2026-11-20')
    await page.getByLabel('Berkas rekening').setInputFiles({
      name: 'rekening bri.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        `NIK;Bank;No Rekening;Atas Nama\r\n${nik(2)};BRI;009900123450002;Raden Ayu\r\n${nik(3)};BRI;009900123450003;Sumiati\r\n9999014107859999;BRI;1;Tidak Ada\r\n`,
      ),
    })
    await page.getByRole('button', { name: 'Coba berkas' }).click()
    await page.getByText('tidak ada keluarga terdaftar dengan nomor ini').waitFor()
    await look(office, 'rekening-berkas')
    // Who sent it does not take it over.
    await page.getByText('Orang lain dari kantor ini memeriksa dan mengambilnya').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Ambil 2 rekening' }).count(), 0)
    await visit(chief, page.url())
    await look(chief, 'rekening-berkas')
    await chief.page.getByRole('button', { name: 'Ambil 2 rekening' }).click()
    await chief.page.getByText('Diambil oleh Nurul').waitFor()

    // A file for the bank, released by another, the same bytes as its checksum says.
    await open(office, '/pembayaran')
    await page.getByRole('button', { name: 'Buat berkas' }).click()
    await page.getByRole('heading', { name: /^BYR-\d{6} · BRI$/ }).waitFor()
    const file = new URL(page.url()).pathname
    // Somebody asks to take one back meanwhile: nothing goes until that is answered.
    const hold = (value: boolean) =>
      server.sql('update round_entitlement set on_hold = $3 where round_id = $1 and family_id = $2', [round.id, raden, value]) // prettier-ignore
    await hold(true)
    await visit(chief, `${server.url}${file}`)
    await chief.page.getByText('1 baris tidak dapat dibayar lagi').waitFor()
    assert.equal(await chief.page.getByRole('button', { name: 'Setujui berkas' }).count(), 0)
    await chief.page.getByRole('link', { name: 'Lihat barisnya' }).click()
    await chief.page.getByRole('cell', { name: /ditahan/ }).waitFor()
    await look(chief, 'pembayaran-berubah')
    await hold(false)
    await visit(chief, `${server.url}${file}`)
    await chief.page.getByRole('button', { name: 'Setujui berkas' }).click()
    const paper = await kept(chief.page, 'Unduh CSV')
    const sha = createHash('sha256').update(paper.bytes).digest('hex')
    await chief.page.getByText(sha).waitFor()
    await look(chief, 'pembayaran-berkas')
    const refs = paper.text.split('\r\n').slice(1, 3).map((line) => line.split(';')[1] ?? '') // prettier-ignore
    const answer = `id_baris;status;alasan\r\n${refs[0]};berhasil;\r\n${refs[1]};gagal;Rekening ditutup\r\nBYR-999999-0000001;berhasil;\r\n`
    await visit(office, `${server.url}${file}`)
    for (const how of ['Coba', 'Masukkan'] as const) {
      await page.getByLabel('Berkas CSV').setInputFiles({ name: 'hasil.csv', mimeType: 'text/csv', buffer: Buffer.from(answer) }) // prettier-ignore
      await page.getByRole('radio', { name: how === 'Coba' ? 'Coba dulu' : 'Masukkan' }).check()
      await page.getByRole('button', { name: 'Kirim berkas' }).click()
      await page.getByText(how === 'Coba' ? 'Dicoba: belum ada yang ditulis' : 'Hasil bank sudah dimasukkan').waitFor()
    }
    await page.getByRole('link', { name: 'Lihat barisnya' }).click()
    await page.getByText('Baris yang diselesaikan hasil.csv').waitFor()
    await page.getByRole('link', { name: 'Raden Ayu', exact: true }).waitFor()
    await look(office, 'pembayaran-hasil')

    // The round adds up anew; a difference opens to the delivery behind it.
    await open(office, '/rekonsiliasi')
    await page.getByRole('button', { name: 'Hitung ulang' }).click()
    await reconcileRounds(server.db)
    await open(office, '/rekonsiliasi?state=gone')
    await page.getByText('Sudah tidak ada').first().waitFor()
    const list = await kept(page, 'Unduh CSV')
    assert.match(list.text, /Sudah tidak ada/)
    await look(office, 'rekonsiliasi')
    await page
      .getByRole('link', { name: names[1] ?? '', exact: true })
      .first()
      .click()
    await page.getByRole('link', { name: /^BYR-\d{6}-1$/ }).waitFor()
    await page.getByText('Belum ada aduan tentang penyerahan ini.').waitFor()

    // A sample is asked by message. Nobody reaches one of them, who is visited; the other answers "no" without JavaScript.
    after(setUpMessages({ whatsapp: null, email: null }, server.app.secret, true))
    await server.db.asSystem('test: a contact', (tx) =>
      recordContactAsSystem(tx, {
        familyId: ni,
        id: raden,
        kind: 'whatsapp',
        value: '0812 0000 9001',
        agreed: true,
        source: 'desk',
      }),
    )
    await open(office, '/tanya')
    await page.getByText('tidak ada yang benar-benar dikirim').waitFor()
    await page.getByRole('link', { name: '1 dari 2 keluarga yang belum ditanya' }).click()
    await page.getByText('2 keluarga').waitFor()
    await page.getByRole('link', { name: 'Bisa dikirimi pesan' }).click()
    await page.getByText('1 keluarga').waitFor()
    await look(office, 'tanya-kontak')
    await page.getByRole('link', { name: 'Kembali ke tanya sampel' }).click()
    await page.getByLabel('Berapa keluarga?').fill('10')
    await page.getByLabel('Lewat pesan').check()
    await page.getByRole('button', { name: 'Tarik sampel' }).click()
    await page.getByText('Menunggu giliran dikirim').waitFor()
    await sendDue({ db: server.db, log: server.app.log })
    await open(office, '/tanya')
    await page.getByText('Terkirim 21 Nov 2026 09.00 WIB').waitFor()
    await page.getByText('Datangi 1 keluarga yang tidak terjangkau').click()
    await look(office, 'tanya')
    await page.getByRole('button', { name: 'Ya, datangi' }).click()
    await page.getByText('1 keluarga sekarang ada di daftar kunjungan.').waitFor()
    await page.getByRole('link', { name: 'Didatangi karena tidak terjangkau', exact: true }).click()
    await page.getByText('didatangi sejak').waitFor()
    assert.equal(await page.getByRole('link', { name: 'Raden Ayu', exact: false }).count(), 1)
    await open(office, '/tanya')
    const asked = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Ni', exact: true }) })
    const code = (await asked.getByText(/^[0-9A-Z]{4}-/).first().textContent()) ?? '' // prettier-ignore
    const citizen = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } })
    const home = await citizen.newPage()
    await home.goto(`${server.url}/tanya/${code.trim()}`)
    await home.getByLabel('Tidak, saya tidak menerima').check()
    await home.getByLabel('Ada yang ingin Anda ceritakan?').fill('Malam itu tidak ada yang datang.')
    await home.getByRole('button', { name: 'Kirim jawaban' }).click()
    await home.getByText('Nomor aduan').waitFor()
    const number = (await home.locator('dd').first().textContent())?.trim() ?? ''
    await citizen.close()

    // The complaint stands beside the delivery, with the answer, the sign and the handover; another one is filed there.
    await open(chief, `/keluarga/${ni}`)
    await chief.page.getByRole('link', { name: number }).waitFor()
    await chief.page.getByText('Malam itu tidak ada yang datang.').waitFor()
    await chief.page.getByRole('link', { name: 'Di luar jam' }).waitFor()
    await chief.page.getByText('Catat aduan tentang penyerahan ini').click()
    await chief.page.getByLabel('Apa yang disampaikan').fill('pendek')
    await chief.page.getByRole('button', { name: 'Simpan aduan' }).click()
    await chief.page.getByText('terlalu pendek').first().waitFor()
    await look(chief, 'penyerahan-salah')
    assert.equal(await chief.page.getByLabel('Apa yang disampaikan').inputValue(), 'pendek')
    await chief.page.getByLabel('Apa yang disampaikan').fill('Tetangga bertanya mengapa penyerahan malam hari.')
    await chief.page.getByRole('button', { name: 'Simpan aduan' }).click()
    await chief.page.getByText(/^Aduan .* sudah dicatat$/).waitFor()
    assert.equal(await chief.page.locator('#aduan').getByRole('link').count(), 2)
    await look(chief, 'penyerahan')
    await server.app.inject({
      method: 'POST',
      url: `/api/register/families/${ni}/open`,
      headers: { cookie: office.cookie },
      payload: { reason: 'Aduan penyaluran', work: 'complaint' },
    })
    await visit(office, `${server.url}/keluarga/${ni}`)
    await page.getByRole('heading', { name: 'Penyaluran', exact: true }).waitFor()
    await page.getByRole('link', { name: number }).first().waitFor()

    // The list of signs shows it, and opens to the same delivery.
    await open(office, '/tanda')
    await page.getByRole('link', { name: 'Di luar jam', exact: true }).click()
    assert.equal(await page.getByRole('link', { name: 'Ni', exact: true }).getAttribute('href'), `/penyaluran/${round.id}/keluarga/${ni}`) // prettier-ignore
    await look(office, 'tanda')

    // Minutes of a village, as paper.
    await open(office, '/berita-acara')
    await page.getByRole('button', { name: 'Buat berita acara' }).first().click()
    const pdf = await page.getByRole('link', { name: /\(PDF\)$/ }).getAttribute('href')
    const minutes = await office.context.request.get(`${server.url}${pdf}`)
    assert.equal((await minutes.body()).subarray(0, 5).toString(), '%PDF-')
    await look(office, 'berita-acara')
  },
)
