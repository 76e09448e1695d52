import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

let now = new Date('2026-11-20T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
type Draft = { id: string; token: string; content: Record<string, string>; files: { id: string; name: string }[] }

const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#9a7' } })
  .jpeg()
  .toBuffer()
function upload(content: Buffer) {
  const head =
    '--x\r\nContent-Disposition: form-data; name="what"\r\n\r\nhouse\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="rumah.jpg"\r\n\r\n'
  return {
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    payload: Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--x--\r\n')]),
  }
}

for (const path of ['/api/drafts', '/api/proposal-drafts'])
  test(`${path}: what was typed and added is there for its holder alone, and not for long`, async () => {
    const begin = async () => (await app.inject({ method: 'POST', url: path })).json<Draft>()
    const [mine, other] = [await begin(), await begin()]
    const at = (key: string) => ({
      ask: (method: 'GET' | 'PUT' | 'DELETE' | 'POST', rest = '', more: object = {}) =>
        app.inject({ method, url: `${path}/current${rest}`, headers: { 'x-draft': key }, ...more }),
      send: (content: Buffer) => {
        const { headers, payload } = upload(content)
        return app.inject({
          method: 'POST',
          url: `${path}/current/files`,
          headers: { ...headers, 'x-draft': key },
          payload,
        })
      },
    })
    const own = at(`${mine.id}.${mine.token}`)
    // Right or wrong, it is kept.
    const typed = { regionCode: 'bukan kode', 'members.0.name': '', body: 'Atap bocor' }
    assert.equal((await own.ask('PUT', '', { payload: { content: typed } })).statusCode, 200)
    assert.deepEqual((await own.ask('GET')).json<Draft>().content, typed)
    for (const key of [
      `${mine.id}.${other.token}`,
      `${other.id}.${mine.token}`,
      `${mine.id}.`,
      'x'.repeat(20),
      `${mine.id}.${mine.token}x`,
    ])
      for (const method of ['GET', 'PUT'] as const)
        assert.equal(
          (await at(key).ask(method, '', method === 'PUT' ? { payload: { content: {} } } : {})).statusCode,
          404,
          key,
        )
    assert.deepEqual((await own.ask('GET')).json<Draft>().content, typed)

    const refused = await own.send(Buffer.from('bukan foto'))
    assert.equal(refused.json<{ errors: { field: string }[] }>().errors[0]?.field, 'file')
    const added = await own.send(picture)
    assert.equal(added.statusCode, 201, added.body)
    const [file] = added.json<Draft>().files
    assert.deepEqual(Object.keys(file ?? {}).includes('fileId'), false, 'where it lies is not told')
    assert.equal((await own.ask('GET', `/files/${file?.id}`)).headers['content-type'], 'image/webp')
    assert.equal((await at(`${other.id}.${other.token}`).ask('GET', `/files/${file?.id}`)).statusCode, 404)
    await sql(
      `insert into upload_limit select '2026-11-20', image_bytes, pdf_bytes, pixels, longest_side, 1 from upload_limit order by valid_from desc limit 1 on conflict do nothing`,
    )
    assert.equal((await own.send(picture)).json<{ code: string }>().code, 'too_many_files_added')
    assert.deepEqual((await own.ask('DELETE', `/files/${file?.id}`)).json<Draft>().files, [])
    assert.equal((await own.send(picture)).statusCode, 201)

    // What is wrong is named as the page names it, and nothing typed is lost.
    const sent = await own.ask('POST', path === '/api/drafts' ? '/file' : '/submit')
    assert.equal(sent.statusCode, 400)
    assert.ok(
      sent.json<{ errors: { field: string }[] }>().errors.some((one) => one.field === 'regionCode'),
      sent.body,
    )
    assert.deepEqual((await own.ask('GET')).json<Draft>().content, typed)
    now = new Date(now.getTime() + 24 * 3_600_001)
    assert.equal((await own.ask('GET')).statusCode, 404, 'a day later')
  })
