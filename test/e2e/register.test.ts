import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import type { RecordedChange } from '#src/people/register/schema.ts'
import type { Static } from 'typebox'
import { signedIn } from '#test/support/accounts.ts'
import { launchBrowser } from '#test/support/chromium.ts'
import { startTestServer } from '#test/support/server.ts'
import { atDesk, look, visit } from '#test/support/staff-page.ts'

const VILLAGE = '32.75.01.1002'
const server = await startTestServer({ at: '2026-11-19T02:00:00Z' })
const browser = await launchBrowser()
const origin = server.url

type Recorded = Static<typeof RecordedChange> & { familyId: string }
async function post<T>(url: string, payload: object, cookie: string): Promise<T> {
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/register/${url}`,
    payload,
    headers: { origin, host: new URL(origin).host, cookie },
  })
  assert.ok(answer.statusCode < 300, `${url}: ${answer.statusCode} ${answer.body}`)
  return answer.json<T>()
}

const clerk = await signedIn(server, { role: 'officer', regionCode: VILLAGE, name: 'Kerani Desa' })
const { familyId } = await post<Recorded>(
  'families',
  {
    effectiveOn: '2026-01-10',
    source: 'civil_registry',
    sourceRef: 'KK-77',
    regionCode: VILLAGE,
    family: { kkNumber: '9999011001260001', address: 'Gang Melati 4', rt: '003', rw: '004' },
    members: [
      { name: 'Ratna Kusumaningrum', relationship: 'head', nik: '9999014108850001', birthDate: '1985-08-01' },
      { name: 'Dewi', relationship: 'child', birthDate: '2015-03-03', sealed: { disabilities: ['visual'] } },
    ],
  },
  clerk.cookie,
)

const sari = await atDesk(server, browser, { role: 'officer', regionCode: VILLAGE, name: 'Sari Wulandari' })
const { page } = sari
const main = page.getByRole('main')
const member = (name: string) => page.getByRole('button', { name: `Selengkapnya: ${name}`, exact: true })
const act = async (group: string, name: string) => {
  await main.getByRole('button', { name: group, exact: true }).click()
  await main.getByRole('button', { name, exact: true }).click()
}

test('a family is found, opened with a reason, and seen with its numbers masked', async () => {
  await visit(sari, `${origin}/keluarga`)
  await page.getByRole('searchbox').fill('Ratna Kusumaningrum')
  await page.getByRole('searchbox').press('Enter')
  await page.getByRole('link', { name: 'Ratna Kusumaningrum' }).waitFor()
  // The address alone shows nothing and asks for the reason.
  await visit(sari, `${origin}/keluarga/${familyId}`)
  await page.getByRole('heading', { name: 'Buka data keluarga' }).waitFor()
  assert.ok(!(await main.innerText()).includes('Ratna'))
  await page.getByRole('button', { name: 'Buka data' }).click()
  await page.getByRole('alert').waitFor()
  await page.getByLabel('Untuk pekerjaan apa').selectOption('service')
  await page.getByLabel('Alasan').fill('Keluarga datang ke kantor membawa akta')
  await page.getByRole('button', { name: 'Buka data' }).click()
  await page.getByRole('heading', { name: 'Keluarga Ratna Kusumaningrum' }).waitFor()
  const text = await main.innerText()
  assert.ok(text.includes('999901******0001') && !text.includes('9999014108850001'))
  await member('Dewi').click()
  await page.getByText('Netra').first().waitFor()
  await look(sari, 'family')
})

test('a birth is recorded; what was typed stays when it is refused, and doubts are told while typing', async () => {
  await act('Anggota', 'Catat kelahiran')
  const form = page.getByRole('region', { name: 'Catat kelahiran' })
  await form.getByLabel('NIK').fill('9999014108850001')
  await form.getByLabel('Jenis kelamin').selectOption('male')
  await form.getByText('NIK tidak cocok dengan jenis kelamin').waitFor()
  await form.getByLabel('NIK').fill('')
  await form.getByLabel('Tanggal lahir').fill('2026-12-24')
  await form.getByLabel('Sumber').selectOption('civil_registry')
  await form.getByLabel('Nama lengkap').fill('Bayu Saputra')
  const paper = sharp({ create: { width: 640, height: 480, channels: 3, background: '#7a9' } }).jpeg()
  const file = { name: 'akta kelahiran Bayu.jpg', mimeType: 'image/jpeg', buffer: await paper.toBuffer() }
  await form
    .getByLabel('Berkas bukti')
    .setInputFiles([file, { ...file, name: 'program.jpg', buffer: Buffer.from('MZ') }])
  await form.getByText('program.jpg').waitFor()
  await form.getByRole('button', { name: 'Simpan' }).click()
  await form.getByRole('heading', { name: 'Ada yang perlu diperbaiki' }).waitFor()
  await form.getByRole('link', { name: 'akta kelahiran Bayu.jpg' }).waitFor()
  assert.equal(await form.getByLabel('Nama lengkap').inputValue(), 'Bayu Saputra')
  await look(sari, 'family-birth')
  await form.getByLabel('Tanggal lahir').fill('2026-10-02')
  await form.getByRole('button', { name: 'Simpan' }).click()
  await page.getByText('Catat kelahiran: tersimpan dan berlaku').waitFor()
  await member('Bayu Saputra').waitFor()
  await main.getByRole('link', { name: 'akta kelahiran Bayu.jpg' }).waitFor()
})

test('the birth is put right, and what was believed before stays in the history', async () => {
  await page.getByRole('button', { name: 'Koreksi catatan: Lahir, Bayu Saputra' }).click()
  const form = page.getByRole('region', { name: 'Koreksi: Lahir, Bayu Saputra' })
  await form.getByLabel('Nama lengkap').fill('Bayu Saputro')
  await form.getByLabel('Sumber').selectOption('civil_registry')
  await form.getByLabel('Nomor surat atau akta').fill('AL-2026-118')
  await form.getByRole('button', { name: 'Simpan' }).click()
  await member('Bayu Saputro').waitFor()
  await page.getByText('Dibatalkan oleh koreksi').first().waitFor()
  await page.getByText('Membetulkan catatan no. 1').waitFor()
  await look(sari, 'family-corrected')
})

test('the past: on a day before the birth there is no such child, and nothing can be recorded', async () => {
  await visit(sari, `${origin}/keluarga/${familyId}`)
  await page.getByText('Lihat masa lalu').click()
  await page.getByLabel('Seperti pada tanggal').fill('2026-05-01')
  await page.getByRole('button', { name: 'Tampilkan' }).click()
  await page.getByText('Anda sedang melihat masa lalu').waitFor()
  await member('Dewi').waitFor()
  assert.equal(await member('Bayu Saputro').count(), 0)
  assert.equal(await main.getByRole('button', { name: 'Anggota', exact: true }).count(), 0)
  await look(sari, 'family-past')
  await page.getByRole('link', { name: 'Kembali ke sekarang' }).click()
  await member('Bayu Saputro').waitFor()
})

test('how the family can be reached: its leave is asked, a number is seen with a reason and ended with one', async () => {
  const part = page.getByRole('region', { name: 'Kontak' })
  await part.getByText('Belum ada nomor atau alamat').waitFor()
  await part.getByRole('button', { name: 'Catat kontak' }).click()
  await part.getByLabel('Nomor WhatsApp').fill('0812 0000')
  assert.equal(await part.getByRole('radio', { checked: true }).count(), 0, 'leave is not assumed')
  await part.getByRole('button', { name: 'Simpan kontak' }).click()
  await part.getByText('Pilih salah satu.').first().waitFor()
  await part.getByLabel('Ya, keluarga setuju menerima pesan').check()
  await part.getByRole('button', { name: 'Simpan kontak' }).click()
  await part.getByText('Ini bukan nomor telepon yang lengkap').first().waitFor()
  assert.equal(await part.getByLabel('Nomor WhatsApp').inputValue(), '0812 0000')
  await page.evaluate('window.scrollTo(0, 0)')
  await look(sari, 'family-contact-wrong')
  await part.getByLabel('Nomor WhatsApp').fill('0812 0000 9001')
  await part.getByLabel('Milik').selectOption({ label: 'Ratna Kusumaningrum' })
  await part.getByRole('button', { name: 'Simpan kontak' }).click()
  await part.getByText('Setuju menerima pesan', { exact: true }).waitFor()
  assert.ok(!/812.?0000/.test(await main.innerText()), 'masked')
  await part.getByRole('button', { name: 'Lihat nomor: WhatsApp …001' }).click()
  await part.getByLabel('Untuk apa nomor ini dilihat lengkap?').fill('Memberi tahu jadwal kunjungan')
  await part.getByRole('button', { name: 'Lihat nomor', exact: true }).click()
  await part.getByText('+6281200009001').waitFor()
  await part.getByRole('button', { name: /^Cabut persetujuan/ }).click()
  await part.getByText('Tidak menerima pesan', { exact: true }).waitFor()
  await part.getByRole('button', { name: /^Tidak dipakai lagi/ }).click()
  await part.getByLabel('Nomor atau alamat berganti').check()
  // What lies under the bar of acts is not looked at where it happens to be scrolled to.
  await page.evaluate('window.scrollTo(0, 0)')
  await look(sari, 'family-contact')
  await part.getByRole('button', { name: 'Akhiri kontak' }).click()
  await part.getByText('Kontak lama (1)').click()
  await part.getByText(/Tidak dipakai sejak .*: Nomor atau alamat berganti/).waitFor()
})

test('what an officer only heard waits for somebody else', async () => {
  await act('Keluarga dan alamat', 'Ganti pengurus')
  const form = page.getByRole('region', { name: 'Ganti pengurus' })
  await form.getByLabel('Pengurus').selectOption({ label: 'Ratna Kusumaningrum' })
  await form.getByRole('button', { name: 'Simpan' }).click()
  await page.getByText('Ganti pengurus: tersimpan, menunggu diperiksa').waitFor()
  await page.getByText('Anda yang mencatat; orang lain yang memeriksa.').waitFor()

  const tono = await atDesk(server, browser, { role: 'supervisor', regionCode: VILLAGE, name: 'Tono Hartadi' })
  await visit(tono, `${origin}/keluarga/periksa`)
  await tono.page.getByText('Ganti pengurus').waitFor()
  await look(tono, 'waiting')
  await post(`families/${familyId}/open`, { reason: 'Memeriksa perubahan', work: 'correction' }, tono.cookie)
  await tono.page.getByRole('link', { name: 'Buka dan periksa' }).click()
  await tono.page.getByRole('button', { name: 'Terima, mulai berlaku' }).click()
  await tono.page.getByText('Perubahan diterima').waitFor()
  await tono.page.getByRole('button', { name: 'Terima, mulai berlaku' }).waitFor({ state: 'detached' })
  await tono.context.close()
})

test('what a proposal says is put right with everything filled in; a number nobody types anew stays', async () => {
  const answer = await server.app.inject({
    method: 'POST',
    url: '/api/proposals',
    headers: { origin, host: new URL(origin).host, cookie: clerk.cookie },
    payload: {
      regionCode: VILLAGE,
      kind: 'enrol',
      reason: 'Janda dengan dua anak, belum pernah didata.',
      members: [
        { name: 'Sumiyati', nik: '9999015708859001', birthDate: '1985-08-17', relationship: 'head' },
        { name: 'Citra', relationship: 'child' },
      ],
    },
  })
  const { id } = answer.json<{ id: string }>()
  await visit(sari, `${origin}/usulan/${id}`)
  await main.getByRole('button', { name: 'Perbaiki isi usulan' }).click()
  const form = page.getByRole('region', { name: 'Perbaiki isi usulan' })
  const name = form.getByLabel('Nama').first()
  assert.equal(await name.inputValue(), 'Sumiyati')
  await name.fill('Sumiati')
  await form.getByRole('button', { name: 'Perbaiki isi usulan' }).click()
  await form.getByRole('alert').waitFor()
  assert.equal(await name.inputValue(), 'Sumiati')
  await look(sari, 'proposal-amend')
  await form.getByLabel('Alasan').fill('Salah ketik, menurut KTP')
  await form.getByRole('button', { name: 'Perbaiki isi usulan' }).click()
  await main.getByText('Salah ketik, menurut KTP').waitFor()
  const text = await main.innerText()
  assert.ok(text.includes('Sumiati') && text.includes('999901******9001') && !text.includes('Sumiyati'))
})
