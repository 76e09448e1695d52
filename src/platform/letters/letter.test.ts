import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import decodeQr from 'qr/decode.js'
import sharp from 'sharp'
import { pagesOf } from '#test/support/pdf-text.ts'
import { letterPdf } from './index.ts'
import type { Letter } from './index.ts'

const run = promisify(execFile)
const poppler = await run('pdftoppm', ['-v']).then(
  () => true,
  () => false,
)

const letter: Letter = {
  letterhead: { lines: ['PEMERINTAH KOTA CONTOH', 'DINAS SOSIAL', 'Jalan Contoh Nomor 1'] },
  number: '460/0123/DINSOS/XI/2026',
  dateLine: 'Contoh, 21 November 2026',
  subject: 'Jawaban atas aduan K7M3-9QXT',
  to: ['Ibu Sumiyati Contoh', 'Kelurahan Contoh RT 003 RW 005'],
  paragraphs: [
    'Bersama surat ini kami sampaikan keterangan sebagai berikut.',
    'Data keluarga Anda telah kami periksa.',
  ],
  facts: [
    ['Nomor aduan', 'K7M3-9QXT'],
    ['Program', 'Bantuan Sosial Tunai'],
  ],
  signature: { office: 'Dinas Sosial Kota Contoh', name: 'Dra. Endang Contohwati', role: 'Kepala Bidang' },
  verification: { code: 'K7M3-9QXT-4FGH', url: 'https://pilar.contoh.example/surat/K7M3-9QXT-4FGH' },
  locale: 'id',
}
const sentence = 'Warga menyampaikan bahwa bantuan belum sampai sejak bulan Agustus, padahal tetangga telah menerima. '

test('everything stands in the letter, in its order, on one page', async () => {
  const pages = pagesOf(await letterPdf(letter))
  assert.equal(pages.length, 1)
  const [page = ''] = pages
  const order = [
    ...letter.letterhead.lines,
    letter.dateLine,
    'Nomor',
    letter.number,
    'Perihal',
    letter.subject,
    'Kepada Yth.',
    ...letter.to,
    letter.paragraphs[0] ?? '',
    ...letter.facts.flat(),
    letter.paragraphs[1] ?? '',
    letter.signature.office,
    letter.signature.role,
    letter.signature.name,
    letter.verification.url,
    letter.verification.code,
    'Halaman 1 dari 1',
  ]
  let from = 0
  for (const text of order) {
    const at = page.indexOf(text, from)
    assert.ok(at >= from, `${text} is missing after ${page.slice(0, from)}`)
    from = at + text.length
  }
})

test('title, language and tags are there for readers and screen readers', async () => {
  const bytes = (await letterPdf(letter)).toString('latin1')
  assert.match(bytes, /\/DisplayDocTitle true/)
  const title = /\/Title (\d+) 0 R/.exec(bytes)?.[1]
  assert.ok(bytes.includes(`\n${title} 0 obj\n(${letter.subject} \\(${letter.number}\\))`))
  assert.match(bytes, /\/Lang \(id-ID\)/)
  assert.match(bytes, /\/Marked true/)
  assert.match(bytes, /\/S \/H1/)
  assert.match(bytes, /\/URI \(https:\/\/pilar\.contoh\.example/)
  assert.match((await letterPdf({ ...letter, locale: 'en' })).toString('latin1'), /\/Lang \(en\)/)
})

test('a long text goes on over numbered pages and loses no word', async () => {
  const paragraphs = [
    'Pembuka.',
    ...Array.from({ length: 12 }, (_, n) => `Bagian ${n}. ${sentence.repeat(10)}Tamat ${n}.`),
  ]
  const pages = pagesOf(await letterPdf({ ...letter, paragraphs }))
  assert.ok(pages.length >= 3)
  for (const [place, page] of pages.entries()) {
    assert.ok(page.includes(`Halaman ${place + 1} dari ${pages.length}`))
    assert.ok(page.includes(letter.verification.code), 'the code is on every page')
  }
  const all = pages.join(' ')
  for (let n = 0; n < 12; n++) assert.ok(all.includes(`Bagian ${n}.`) && all.includes(`Tamat ${n}.`))
  assert.equal(all.split('Warga menyampaikan').length - 1, 120)
  assert.ok(pages.at(-1)?.includes(letter.verification.url))
})

test('ugly data: nothing throws, nothing is lost, no page is bare', async () => {
  const nasty = fc.constantFrom(
    '',
    'Siti',
    'Raden Ajeng Kusumaningtyas Wulandari Purbowinoto Hadiningratan',
    'x'.repeat(300),
    '😀 محمد',
    '\0\n\n\n\n\n',
    sentence.repeat(40),
    '<b>&amp;</b>',
    '(\\)',
  )
  const lines = fc.array(nasty, { maxLength: 4 })
  const letters = fc.record<Letter>({
    letterhead: fc.record({
      lines: fc.array(
        nasty.filter((text) => text.length < 400),
        { maxLength: 4 },
      ),
    }),
    number: fc.constant(letter.number),
    dateLine: fc.constant(letter.dateLine),
    subject: nasty.filter((text) => text.length < 400),
    to: lines,
    paragraphs: lines,
    facts: fc.array(
      fc.tuple(
        nasty.filter((text) => text.length < 400),
        nasty,
      ),
      { maxLength: 5 },
    ),
    signature: fc.record({
      office: nasty.filter((text) => text.length < 400),
      name: fc.constant('Nama Penanda'),
      role: nasty.filter((text) => text.length < 400),
    }),
    verification: fc.constant(letter.verification),
    locale: fc.constantFrom('id' as const, 'en' as const),
  })
  await fc.assert(
    fc.asyncProperty(letters, async (given) => {
      const pages = pagesOf(await letterPdf(given))
      const last = pages.at(-1) ?? ''
      assert.ok(
        last.includes('Nama Penanda') && last.includes(letter.verification.url),
        'signed and verified on one page',
      )
      assert.equal(pages.filter((page) => page.includes(letter.verification.url)).length, 1)
      const footer = `${letter.number} · ${letter.verification.code} `
      for (const page of pages)
        assert.ok(page.length > footer.length + 'Halaman 10 dari 10'.length, `a bare page: ${page}`)
    }),
    { numRuns: 60 },
  )
})

test('a 4,000-character paragraph and a fact longer than a page keep every word', async () => {
  const words = Array.from({ length: 1200 }, (_, n) => `kata${n}`).join(' ')
  const pages = pagesOf(
    await letterPdf({ ...letter, paragraphs: [words.slice(0, 4000)], facts: [['Isi aduan', words]] }),
  )
  const fact = pages.join(' ').slice(pages.join(' ').indexOf('Isi aduan'))
  for (let n = 0; n < 1200; n++) assert.ok(fact.includes(`kata${n} `), `kata${n}`)
})

test('the printed code can be scanned', { skip: poppler ? false : 'pdftoppm is not installed' }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pilar-letter-'))
  after(() => rm(dir, { recursive: true }))
  await writeFile(join(dir, 'letter.pdf'), await letterPdf(letter))
  await run('pdftoppm', ['-png', '-r', '150', '-singlefile', join(dir, 'letter.pdf'), join(dir, 'letter')])
  // The lower left of the page, where the code is.
  const page = sharp(await readFile(join(dir, 'letter.png')))
  const { width, height } = await page.metadata()
  const corner = {
    left: 0,
    top: Math.round(height * 0.75),
    width: Math.round(width * 0.33),
    height: Math.round(height * 0.2),
  }
  const { data, info } = await page.extract(corner).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  assert.equal(decodeQr({ data, width: info.width, height: info.height }), letter.verification.url)
})
