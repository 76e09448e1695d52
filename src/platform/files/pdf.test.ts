import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import PdfDocument from 'pdfkit'
import { takeUpload, UploadRefused } from './index.ts'
import type { RefusalCode } from './index.ts'

const limits = { imageBytes: 2_000_000, pdfBytes: 3_000_000, pixels: 40_000_000, longestSide: 2560 }
const take = (content: Buffer | string) =>
  takeUpload(Readable.from([Buffer.from(content)]), { name: 'surat.pdf', limits })
const refused = (code: RefusalCode, found?: string) => (error: unknown) =>
  error instanceof UploadRefused && error.code === code && error.data.found === found

const pages = '1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n'
const pdf = (objects: string, trailer = '') =>
  `%PDF-1.7\n${pages}${objects}\ntrailer <</Root 1 0 R${trailer}>>\nstartxref\n0\n%%EOF\n`
const stream = (dictionary: string, content: Buffer) =>
  `5 0 obj <<${dictionary}/Length ${content.length}>>\nstream\n${content.toString('latin1')}\nendstream endobj\n`
const latin1 = (text: string) => Buffer.from(text, 'latin1')
const objectStream = (objects: string) =>
  stream('/Type/ObjStm/N 1/First 4/Filter/FlateDecode', deflateSync(`9 0 ${objects}`))

const written = (options: PDFKit.PDFDocumentOptions, fill: (document: PDFKit.PDFDocument) => void) => {
  const document = new PdfDocument(options)
  fill(document)
  document.end()
  return buffer(document)
}

test('an ordinary PDF is kept byte for byte', async () => {
  const sent = await written({}, (document) => {
    document.text('Surat keterangan tidak mampu').addPage().text('Halaman dua', { link: 'https://contoh.example/' })
  })
  const { content, mediaType, name } = await take(sent)
  assert.deepEqual(content, sent)
  assert.deepEqual([mediaType, name], ['application/pdf', 'surat.pdf'])
  await take(latin1(pdf(objectStream('<</Type/Page/Parent 2 0 R>>'))))
})

test('an encrypted PDF is refused, whoever may open it', async () => {
  await assert.rejects(take(await written({ userPassword: 'rahasia' }, (d) => d.text('x'))), refused('encrypted_pdf'))
  await assert.rejects(take(await written({ ownerPassword: 'rahasia' }, (d) => d.text('x'))), refused('encrypted_pdf'))
  await assert.rejects(take(pdf('', '/Encrypt 7 0 R')), refused('encrypted_pdf'))
  await assert.rejects(take(pdf('', '/#45ncrypt 7 0 R')), refused('encrypted_pdf'))
})

test('a PDF that runs, sends or carries something is refused, and what was found is named', async () => {
  const cases: [string, string][] = [
    ['3 0 obj <</S /JavaScript /JS (app.alert\\(1\\))>> endobj', 'JavaScript'],
    ['3 0 obj <</S/JavaScript/JS 4 0 R>> endobj', 'JavaScript'],
    ['3 0 obj <</S /J#61va#53#63rip#74 /JS (x)>> endobj', 'JavaScript'],
    ['3 0 obj <</Names <</JavaScript <</Names[]>>>>>> endobj', 'JavaScript'],
    ['3 0 obj <</S /#4aavaScript>> <</S /#4AavaScript>> endobj', 'JavaScript'],
    ['3 0 obj <</S/Launch/F(cmd.exe)>> endobj', 'Launch'],
    ['3 0 obj <</Type/Filespec/EF<<>>>> <</EmbeddedFiles 4 0 R>> endobj', 'EmbeddedFiles'],
    ['3 0 obj <</S/SubmitForm/F(http://x.example)>> endobj', 'SubmitForm'],
    ['3 0 obj <</AcroForm <</XFA 4 0 R>>>> endobj', 'XFA'],
  ]
  for (const [objects, found] of cases) await assert.rejects(take(pdf(objects)), refused('active_pdf', found), objects)

  const carrying = await written({}, (document) => {
    document.text('Lihat lampiran').file(Buffer.from('MZ'), { name: 'setup.exe' })
  })
  await assert.rejects(take(carrying), (error) => error instanceof UploadRefused && error.code === 'active_pdf')
})

test('what is packed into an object stream is found too', async () => {
  const hidden = pdf(objectStream('<</S/Java#53cript/JS(app.alert)>>'))
  assert.ok(!hidden.includes('JavaScript') && !hidden.includes('Java#53cript'), 'it cannot be seen in the bytes')
  await assert.rejects(take(latin1(hidden)), refused('active_pdf', 'JavaScript'))
  const commented = stream('/Type/ObjStm/N 1/First 9/Filter/FlateDecode', deflateSync('% x\n 9 0 <</S/Launch>>'))
  await assert.rejects(take(latin1(pdf(commented))), refused('active_pdf', 'Launch'))
})

test('an object stream that cannot be looked into is refused', async () => {
  const objects = deflateSync('9 0 <</S/JavaScript>>')
  const twice = stream('/Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]', latin1(objects.toString('hex')))
  await assert.rejects(take(latin1(pdf(twice))), refused('unreadable'))
  const decoy = stream('/Filter/FlateDecode', deflateSync('1 0 0 1 72 720 cm'))
  await assert.rejects(take(latin1(pdf(decoy + twice))), refused('unreadable'), 'a decoy does not stand in for it')
  const rows = Buffer.concat([Buffer.from([2]), Buffer.from('9 0 <</S/Launch>>')])
  const predicted = stream(
    '/Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>',
    deflateSync(rows),
  )
  await assert.rejects(take(latin1(pdf(decoy + predicted))), refused('unreadable'))
  const cut = stream('/Type/Obj#53tm/N 1/First 4/Filter/FlateDecode', objects.subarray(0, objects.length - 6))
  await assert.rejects(take(latin1(pdf(cut))), refused('unreadable'))
  const bomb = objectStream(' '.repeat(80 * 1024 * 1024))
  assert.ok(bomb.length < 200_000)
  await assert.rejects(take(latin1(pdf(bomb))), refused('unreadable'))
})

test('ordinary words near to the forbidden ones do not matter', async () => {
  await take(pdf('3 0 obj <</Title (JavaScript untuk pemula, /JavaScripts /Launcher) /EncryptMetadata true>> endobj'))
  const text = stream('/Filter/FlateDecode', deflateSync('BT (HTML/JavaScript) Tj ET'))
  await take(latin1(pdf(text)))
})

test('a PDF that is not whole is unreadable', async () => {
  const whole = pdf('')
  await assert.rejects(take(whole.slice(0, 60)), refused('unreadable'))
  await assert.rejects(take(`${whole}${'PK\u0003\u0004'.repeat(500)}`), refused('unreadable'))
})

test('a PDF over its limit is refused with the limit', async () => {
  const big = Buffer.concat([Buffer.from(pdf('')), Buffer.alloc(limits.pdfBytes)])
  await assert.rejects(take(big), (error) => error instanceof UploadRefused && error.data.limit === limits.pdfBytes)
})

test('a file made to be slow to search is answered soon', async () => {
  const packed = deflateSync('x').toString('latin1')
  const many = pdf(`stream\n${packed}`.repeat(180_000))
  const started = performance.now()
  await assert.rejects(take(latin1(many)), refused('unreadable'))
  assert.ok(performance.now() - started < 10_000, `${Math.round(performance.now() - started)} ms`)
})
