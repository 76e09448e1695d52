import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import multipart from '@fastify/multipart'
import fastify from 'fastify'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { openFileStore, takeUpload, thumbnail, UploadRefused } from './index.ts'
import type { RefusalCode, RefusalData, UploadSource } from './index.ts'

const limits = { imageBytes: 2_000_000, pdfBytes: 3_000_000, pixels: 40_000_000, longestSide: 2560 }
const take = (content: Buffer, name = 'berkas') => takeUpload(Readable.from([content]), { name, limits })
const refused = (code: RefusalCode, data?: RefusalData) => (error: unknown) => {
  assert.ok(error instanceof UploadRefused, String(error))
  assert.equal(error.code, code)
  if (data) assert.deepEqual(error.data, data)
  return true
}

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#0a6' }, limitInputPixels: false })
const gps = { GPSLatitudeRef: 'S', GPSLatitude: '6/1 14/1 9/1', GPSLongitudeRef: 'E', GPSLongitude: '107/1 1/1 0/1' }
const withPlace = (image: Sharp) =>
  image
    .withExif({ IFD0: { Make: 'Kamera Contoh' }, IFD3: gps })
    .withXmp(
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>',
    )

test('a photo loses its place, its camera and every other metadata', async () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const sent = await withPlace(picture(60, 40)).toFormat(format).toBuffer()
    const before = await sharp(sent).metadata()
    assert.ok(before.exif?.includes('Kamera Contoh'), `${format}: the EXIF was there before`)
    // Tag 0x8825, the pointer to the GPS block, in little-endian order.
    assert.ok(before.exif?.includes(Buffer.from([0x25, 0x88])), `${format}: so was the place`)
    assert.ok(before.xmp, `${format}: and the XMP`)

    const { content, mediaType, name } = await take(sent, `rumah.${format}`)
    const now = await sharp(content).metadata()
    assert.equal(now.format, 'jpeg')
    assert.equal(mediaType, 'image/jpeg')
    assert.equal(name, 'rumah.jpg')
    for (const block of ['exif', 'xmp', 'iptc', 'icc'] as const)
      assert.equal(now[block], undefined, `${format} ${block}`)
    assert.ok(!content.includes('Kamera') && !content.includes('Exif'))
  }
})

test('a photo taken with the telephone on its side stands upright, and pixels follow', async () => {
  const half = await picture(20, 20).png().toBuffer()
  const sent = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'white' } })
    .composite([{ input: half, left: 0, top: 0 }])
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  assert.equal((await sharp(sent).metadata()).orientation, 6)
  const upload = await take(sent)
  assert.deepEqual([upload.width, upload.height], [20, 40])
  const { data } = await sharp(upload.content).raw().toBuffer({ resolveWithObject: true })
  // Orientation 6: what was left is on top.
  assert.ok((data[(5 * 20 + 10) * 3] ?? 255) < 60 && (data[(35 * 20 + 10) * 3] ?? 0) > 200)
})

test('a large photo is reduced, a small one is not enlarged, transparency becomes white', async () => {
  const large = await take(await picture(5000, 2500).jpeg().toBuffer())
  assert.deepEqual([large.width, large.height], [2560, 1280])
  const small = await take(await picture(10, 10).webp().toBuffer())
  assert.deepEqual([small.width, small.height], [10, 10])
  const clear = { create: { width: 8, height: 8, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } }
  const { content } = await take(await sharp(clear).png().toBuffer())
  assert.ok((await sharp(content).raw().toBuffer()).every((value) => value > 250))
})

test('of an animation the first picture is kept', async () => {
  const [first, second] = await Promise.all(
    ['red', 'blue'].map((background) =>
      sharp({ create: { width: 16, height: 16, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  )
  assert.ok(first && second)
  const sent = await sharp([first, second], { join: { animated: true } })
    .webp()
    .toBuffer()
  assert.equal((await sharp(sent, { animated: true }).metadata()).pages, 2)
  const { content, width, height } = await take(sent)
  assert.deepEqual([width, height], [16, 16])
  const [red = 0, , blue = 255] = await sharp(content).raw().toBuffer()
  assert.ok(red > 200 && blue < 60)
})

test('the content decides and not the name', async () => {
  const png = await picture(30, 30).png().toBuffer()
  assert.deepEqual((await take(png, 'surat.pdf')).name, 'surat.jpg')
  const html = Buffer.from('<!doctype html><script>alert(document.cookie)</script>'.repeat(100))
  await assert.rejects(take(html, 'foto.jpg'), refused('type_not_allowed', {}))
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
  await assert.rejects(take(svg, 'foto.png'), refused('type_not_allowed'))
  const gif = await picture(3, 3).gif().toBuffer()
  await assert.rejects(take(gif, 'foto.jpg'), refused('type_not_allowed', { type: 'image/gif' }))
  const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(60)])
  await assert.rejects(take(zip, 'surat.pdf'), refused('type_not_allowed'))
})

test('what hides behind or inside a photo is gone from what is kept', async () => {
  const script = '<script>alert("polyglot")</script>'
  const photo = await picture(50, 50)
    .withExif({ IFD0: { ImageDescription: script } })
    .jpeg()
    .toBuffer()
  const polyglot = Buffer.concat([photo, Buffer.from(`PK\u0003\u0004 ${script} %PDF-1.7 /JavaScript %%EOF`)])
  assert.equal(polyglot.toString('latin1').split(script).length, 3, 'it is there twice before')
  const { content } = await take(polyglot, 'foto.jpg')
  assert.ok(!content.includes('script') && !content.includes('%PDF') && !content.includes('PK\u0003\u0004'))
})

test('a photo cut short or broken is unreadable', async () => {
  const whole = await sharp({
    create: {
      width: 300,
      height: 300,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .toBuffer()
  await take(whole)
  for (const part of [0.9, 0.5, 0.1]) {
    await assert.rejects(take(whole.subarray(0, whole.length * part)), refused('unreadable'), `${part}`)
  }
  await assert.rejects(take(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])), refused('unreadable'))
  const png = await picture(300, 300).png().toBuffer()
  await assert.rejects(take(png.subarray(0, png.length - 200)), refused('unreadable'))
})

test('a small file of 50 million pixels is refused before it is unpacked', async () => {
  for (const format of ['png', 'jpeg'] as const) {
    const bomb = await picture(8000, 6300).toFormat(format, { compressionLevel: 9 }).toBuffer()
    assert.ok(bomb.length < limits.imageBytes, `${bomb.length} bytes pass the limit of bytes`)
    const tooLarge = refused('too_large', { limit: 40_000_000, unit: 'pixels' })
    await assert.rejects(take(bomb), tooLarge)
    // Its beginning is enough: whoever unpacked it first would call this one unreadable.
    await assert.rejects(take(bomb.subarray(0, 1000)), tooLarge)
  }
})

test('HEIC is refused by its name where sharp cannot read it', { skip: readsHeic() }, async () => {
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(40)])
  await assert.rejects(take(heic, 'IMG_1.HEIC'), refused('type_not_allowed', { type: 'image/heic' }))
})

test('nothing is refused as empty', async () => {
  await assert.rejects(take(Buffer.alloc(0), 'foto.jpg'), refused('empty'))
  await assert.rejects(takeUpload(Readable.from([]), { name: 'foto.jpg', limits }), refused('empty'))
})

test('the limits of bytes hold for each kind, and while the bytes come', async () => {
  const tooBig = Buffer.concat([await picture(9, 9).jpeg().toBuffer(), Buffer.alloc(limits.imageBytes)])
  await assert.rejects(take(tooBig), refused('too_large', { limit: 2_000_000, unit: 'bytes' }))

  let held = 0
  let most = 0
  const long = (function* () {
    for (let n = 0; n < 1000; n++) {
      most = Math.max(most, ++held)
      yield Buffer.alloc(10_000, 1)
    }
  })()
  const source = Readable.from(long)
  await assert.rejects(
    takeUpload(source, { name: 'x', limits }),
    refused('too_large', { limit: 3_000_000, unit: 'bytes' }),
  )
  assert.ok(held < 400, `${held * 10} kB had come when it was refused`)
  await new Promise((resolve) => source.once('end', resolve))
  assert.equal(most, 1000, 'the rest was read and thrown away')
})

test('a stream that a parser cut at its own limit is too large, not taken half', async () => {
  const cut: UploadSource = Object.assign(Readable.from([await picture(9, 9).jpeg().toBuffer()]), { truncated: true })
  await assert.rejects(takeUpload(cut, { name: 'x', limits }), refused('too_large'))
})

test('a refused upload over HTTP gets its answer, and the server lives on', async () => {
  const app = fastify()
  await app.register(multipart, { limits: { fileSize: 20_000_000 } })
  app.post('/', async (request, reply) => {
    const part = await request.file()
    if (!part) return reply.code(400).send()
    try {
      const { name, content } = await takeUpload(part.file, { name: part.filename, limits })
      return { name, size: content.length }
    } catch (error) {
      if (error instanceof UploadRefused) return reply.code(422).send({ code: error.code, ...error.data })
      throw error
    }
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  after(() => app.close())
  const send = async (content: Uint8Array<ArrayBuffer>) => {
    const body = new FormData()
    body.set('file', new Blob([content]), 'foto\u202e.jpg')
    const response = await fetch(address, { method: 'POST', body, signal: AbortSignal.timeout(60_000) })
    return (await response.json()) as Record<string, unknown>
  }
  assert.deepEqual(await send(new Uint8Array(15_000_000)), { code: 'too_large', limit: 3_000_000, unit: 'bytes' })
  assert.deepEqual(await send(new Uint8Array(25_000_000)), { code: 'too_large', limit: 3_000_000, unit: 'bytes' })
  assert.deepEqual(await send(new Uint8Array(1000)), { code: 'type_not_allowed' })
  assert.equal((await send(new Uint8Array(await picture(9, 9).jpeg().toBuffer())))['name'], 'foto.jpg')
})

test('a thumbnail is 320 pixels of WebP, made once', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pilar-thumbnails-'))
  after(() => rm(dir, { recursive: true }))
  const store = await openFileStore({ dir })
  const { content } = await take(await picture(1000, 500).jpeg().toBuffer())
  const { id } = await store.put(content, { maxBytes: limits.imageBytes })
  const first = await thumbnail(store, id)
  const { format, width, height, exif } = await sharp(first).metadata()
  assert.deepEqual({ format, width, height, exif }, { format: 'webp', width: 320, height: 160, exif: undefined })
  assert.deepEqual(await thumbnail(store, id), first)
  assert.equal(await store.verify(id), 'intact')
})

function readsHeic() {
  return sharp.format.heif.input.fileSuffix?.includes('.heic') ? 'this sharp reads HEIC' : false
}
