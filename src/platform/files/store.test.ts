import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { FileTooLarge, NoSuchFile, openFileStore } from './store.ts'

const dir = await mkdtemp(join(tmpdir(), 'pilar-files-'))
after(() => rm(dir, { recursive: true }))
const store = await openFileStore({ dir })

const maxBytes = 1_000_000
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
const pathOf = (id: string) => join(dir, id.slice(0, 2), id.slice(2, 4), id)
const leftovers = () => readdir(join(dir, 'incoming'))
const content = async (id: string) => buffer(await store.get(id))

test('what is put in comes out, from a buffer and from a stream, under the sha256 of its content', async () => {
  const bytes = Buffer.from('Surat keterangan tidak mampu')
  const fromBuffer = await store.put(bytes, { maxBytes })
  const fromStream = await store.put(Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]), { maxBytes })
  assert.deepEqual(fromBuffer, { id: sha256(bytes), size: bytes.length })
  assert.deepEqual(fromStream, fromBuffer)
  assert.deepEqual(await content(fromBuffer.id), bytes)
  assert.deepEqual(await store.find(fromBuffer.id), fromBuffer)
  assert.equal((await stat(pathOf(fromBuffer.id))).mode & 0o777, 0o600)
  assert.deepEqual(await leftovers(), [])
})

test('an empty file is a file', async () => {
  const { id, size } = await store.put(Buffer.alloc(0), { maxBytes })
  assert.equal(size, 0)
  assert.equal((await content(id)).length, 0)
})

test('the limit is the last byte that is allowed, and a refused stream is not read to its end', async () => {
  const bytes = Buffer.alloc(100, 'a')
  assert.equal((await store.put(bytes, { maxBytes: 100 })).size, 100)
  await assert.rejects(
    store.put(bytes, { maxBytes: 99 }),
    (error) => error instanceof FileTooLarge && error.limit === 99,
  )

  let produced = 0
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(1000, String(produced++ % 10))
    })(),
  )
  await assert.rejects(store.put(endless, { maxBytes: 50_000 }), FileTooLarge)
  assert.ok(produced < 200, `${produced} kB were produced`)
  assert.deepEqual(await leftovers(), [])
})

test('a stream that breaks off leaves nothing behind', async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('half a photo')
      throw new Error('line lost')
    })(),
  )
  await assert.rejects(store.put(broken, { maxBytes }), /line lost/)
  assert.deepEqual(await leftovers(), [])
  assert.equal(await store.find(sha256(Buffer.from('half a photo'))), undefined)
})

test('no id reaches outside the folder', async () => {
  await writeFile(join(dir, 'secret'), 'not in the store')
  const { id } = await store.put(Buffer.from('inside'), { maxBytes })
  const tricks = [
    '../secret',
    'secret',
    '/etc/passwd',
    '',
    '.',
    `${id}/`,
    `${id}\0`,
    id.toUpperCase(),
    `../${id}`,
    `${id}\n`,
  ]
  for (const trick of tricks) {
    await assert.rejects(store.get(trick), NoSuchFile, trick)
    assert.equal(await store.find(trick), undefined)
    assert.equal(await store.verify(trick), 'missing')
    await store.remove(trick)
  }
  assert.equal(await readFile(join(dir, 'secret'), 'utf8'), 'not in the store')
  assert.equal(await store.verify(id), 'intact')
})

test('a link laid into the store is not followed', async () => {
  const { id } = await store.put(Buffer.from('to be replaced by a link'), { maxBytes })
  await rm(pathOf(id))
  await symlink(join(dir, 'secret'), pathOf(id))
  await assert.rejects(store.get(id), NoSuchFile)
})

test('verify tells intact, damaged and missing apart, and putting the content again heals', async () => {
  const bytes = Buffer.from('bukti penerimaan')
  const { id } = await store.put(bytes, { maxBytes })
  assert.equal(await store.verify(id), 'intact')
  await truncate(pathOf(id), 3)
  assert.equal(await store.verify(id), 'damaged')
  await store.put(bytes, { maxBytes })
  assert.equal(await store.verify(id), 'intact')
  await store.remove(id)
  assert.equal(await store.verify(id), 'missing')
})

test('what is derived is made once, even when many ask at once, and goes with its file', async () => {
  const { id } = await store.put(Buffer.from('asal'), { maxBytes })
  let made = 0
  const make = async (source: Buffer) => {
    made++
    return Buffer.from(source.toString().toUpperCase())
  }
  const answers = await Promise.all(Array.from({ length: 20 }, () => store.derive(id, 'upper.txt', make)))
  assert.ok(answers.every((answer) => answer.toString() === 'ASAL'))
  assert.equal(made, 1)
  const reopened = await openFileStore({ dir })
  assert.equal((await reopened.derive(id, 'upper.txt', make)).toString(), 'ASAL')
  assert.equal(made, 1)

  await store.remove(id)
  await assert.rejects(store.derive(id, 'upper.txt', make), NoSuchFile)
  assert.deepEqual(await readdir(join(dir, 'derived', id.slice(0, 2), id.slice(2, 4))), [])
  await assert.rejects(store.derive(id, '../x', make), /Not a name/)
})

test('many writers of the same and of different files do not disturb each other', async () => {
  const other = await openFileStore({ dir })
  const puts = Array.from({ length: 40 }, (_, n) =>
    (n % 2 ? store : other).put(Buffer.from(`berkas ${n % 5}`), { maxBytes }),
  )
  const ids = new Set((await Promise.all(puts)).map(({ id }) => id))
  assert.equal(ids.size, 5)
  for (const id of ids) assert.equal(await store.verify(id), 'intact')
})

test('opening removes what a dead process left a day ago and nothing younger', async () => {
  const [old, young] = [join(dir, 'incoming', 'old'), join(dir, 'incoming', 'young')]
  await writeFile(old, 'x')
  await writeFile(young, 'x')
  const yesterday = new Date(Date.now() - 25 * 3600 * 1000)
  await utimes(old, yesterday, yesterday)
  await openFileStore({ dir })
  assert.deepEqual(await leftovers(), ['young'])
})
