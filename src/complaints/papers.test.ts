import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Attachment, Case, Filed, Letter } from './schema.ts'

const { db, sql } = await testDatabase()
const app = await testApp(db)
const village = '32.75.01.1002'
const front = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari Wulandari' })
const back = await signedIn(db, { role: 'officer', regionCode: village, name: 'Tono Hartadi' })
const district = await signedIn(db, { role: 'officer', regionCode: '32.75.01', name: 'Wulan Permatasari' })

const post = async <T>(url: string, who: SignedIn | null, payload: object, headers: Record<string, string> = {}) => {
  const res = await app.inject({
    method: 'POST',
    url: `/api${url}`,
    headers: { ...(who && { cookie: who.cookie }), ...headers },
    payload,
  })
  return { status: res.statusCode, body: res.json<T>() }
}
const upload = (name: string, content: Buffer, fields: Record<string, string> = {}, type = 'image/jpeg') => {
  const mark = 'batas-bagian'
  const parts = Object.entries(fields).map(
    ([key, value]) => `--${mark}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`,
  )
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${mark}` },
    payload: Buffer.concat([
      Buffer.from(
        `${parts.join('')}--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
      ),
      content,
      Buffer.from(`\r\n--${mark}--\r\n`),
    ]),
  }
}
const photo = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#9a7' } })
  .jpeg()
  .withExif({ IFD0: { Copyright: 'Rumah Sumiati' }, IFD3: { GPSLatitudeRef: 'S', GPSLatitude: '6/1 14/1 0/1' } })
  .toBuffer()

const filed = (
  await post<Filed>('/complaints', front, {
    regionCode: village,
    class: 'complaint',
    matter: 'enrolment.not_listed',
    programmeCode: 'BST',
    body: 'Ibu Sumiati tidak pernah didata sebagai penerima.',
    complainant: { name: 'Sumiati', phone: '081200009001' },
  })
).body

test('letters: a receipt for who came, a referral for the next office, an answer for the citizen; each can be checked by its code', async () => {
  const receipt = await post<Letter>(`/complaints/${filed.id}/letters`, front, { kind: 'receipt' })
  assert.equal(receipt.status, 201, JSON.stringify(receipt.body))
  assert.match(receipt.body.number, /^001\/TT\/32\.75\.01\.1002\/[IVX]+\/\d{4}$/)
  assert.equal(
    (await post(`/complaints/${filed.id}/letters`, back, { kind: 'receipt' })).status,
    403,
    'it carries the secret: only who took it in',
  )
  const open = (who: SignedIn, id: string) =>
    app.inject({ url: `/api/complaints/${filed.id}/letters/${id}`, headers: { cookie: who.cookie } })
  const pdf = await open(front, receipt.body.id)
  assert.equal(pdf.rawPayload.subarray(0, 5).toString(), '%PDF-')
  assert.equal((await open(back, receipt.body.id)).statusCode, 404)

  assert.equal(
    (await post<{ code: string }>(`/complaints/${filed.id}/letters`, front, { kind: 'answer' })).body.code,
    'nothing_answered_yet',
  )
  await post(`/complaints/${filed.id}/verify`, back, {})
  await post(`/complaints/${filed.id}/refer-up`, back, { reason: 'Kuota ada di kota' })
  const referral = await post<Letter>(`/complaints/${filed.id}/letters`, back, { kind: 'referral' })
  assert.equal(referral.status, 201, 'the office that referred prints its letter')
  assert.match(referral.body.number, /^002\/RJK\//)
  await post(`/complaints/${filed.id}/accept`, district, {})
  await post(`/complaints/${filed.id}/answer`, district, { body: 'Sudah masuk usulan.' })
  const answer = await post<Letter>(`/complaints/${filed.id}/letters`, district, { kind: 'answer' })
  assert.match(answer.body.number, /^001\/TGP\/32\.75\.01\//)

  const real = await app.inject({ url: `/api/letters/${answer.body.code.toLowerCase().replaceAll('-', ' ')}` })
  assert.deepEqual(Object.keys(real.json<object>()).sort(), ['issuedAt', 'kind', 'number', 'officeName'])
  assert.equal((await app.inject({ url: '/api/letters/AAAA-BBBB-CCCC' })).statusCode, 404)

  // The citizen opens the answer, never the letter from office to office.
  const headers = { 'x-tracking': `${filed.number} ${filed.secret}` }
  assert.equal((await app.inject({ url: `/api/tracking/letters/${answer.body.id}`, headers })).statusCode, 200)
  assert.equal((await app.inject({ url: `/api/tracking/letters/${referral.body.id}`, headers })).statusCode, 404)
  const looked = await sql(`select 1 from audit_entry where act = 'look' and subject = 'letter'`)
  assert.ok(looked.length > 0, 'opening a letter is a look')
})

test('photos lose what they say of place and camera; what is not a photo or PDF is refused by what it is', async () => {
  const send = (name: string, content: Buffer, fields: Record<string, string> = {}, type?: string) => {
    const { headers, payload } = upload(name, content, fields, type)
    return app.inject({
      method: 'POST',
      url: `/api/complaints/${filed.id}/attachments`,
      headers: { ...headers, cookie: district.cookie },
      payload,
    })
  }
  assert.ok((await sharp(photo).metadata()).exif, 'it was there')
  const kept = await send('rumah\u202egpj.exe.jpg', photo, { public: 'yes' })
  assert.equal(kept.statusCode, 201, kept.body)
  const file = kept.json<Attachment>()
  assert.equal(file.public, true)
  assert.doesNotMatch(file.name, /\u202e/)
  const back = await app.inject({
    url: `/api/complaints/${filed.id}/attachments/${file.id}`,
    headers: { cookie: district.cookie },
  })
  assert.equal((await sharp(back.rawPayload).metadata()).exif, undefined)
  assert.match(String(back.headers['content-security-policy']), /sandbox/)
  const looked = await sql(`select 1 from audit_entry where act = 'look' and subject = 'attachment'`)
  assert.equal(looked.length, 1)

  for (const [name, content] of [
    ['foto.jpg', Buffer.from('<html><script>alert(1)</script></html>')],
    ['foto.jpg', Buffer.from('MZ\x90\0 program')],
    [
      'surat.pdf',
      Buffer.from('%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\n%%EOF'),
    ],
    ['kosong.jpg', Buffer.alloc(0)],
  ] as const) {
    const res = await send(name, content)
    assert.equal(res.statusCode, 400, `${name}: ${res.body}`)
    assert.equal(res.json<{ errors: { field: string }[] }>().errors[0]?.field, 'file')
  }
  const large = await send('besar.jpg', Buffer.concat([photo, Buffer.alloc(11 * 1024 * 1024)]))
  assert.equal(large.statusCode, 400)
  assert.equal(large.json<{ errors: { code: string }[] }>().errors[0]?.code, 'file_too_large')
})

test('a full number is seen for a reason, once it is written down', async () => {
  const { id } = (
    await post<Filed>('/complaints', front, {
      regionCode: village,
      class: 'information',
      matter: 'programme_need',
      body: 'Bagaimana cara mendaftar?',
      complainant: { name: 'Karsono', nik: '9999011708859001' },
    })
  ).body
  const seen = (await app.inject({ url: `/api/complaints/${id}`, headers: { cookie: front.cookie } })).json<Case>()
  assert.equal(seen.people[0]?.nik, '999901******9001')
  const looks = () =>
    sql(
      `select actor_id, reason, detail from audit_entry where act = 'look' and subject = 'complaint_person' and subject_id = $1`,
      [`${id}/0`],
    )
  assert.equal(
    (await post(`/complaints/${id}/reveal`, front, { seq: 0, field: 'nik', reason: '  ' })).status,
    400,
    'no reason, no number',
  )
  assert.deepEqual(await looks(), [])
  assert.deepEqual(
    (await post(`/complaints/${id}/reveal`, front, { seq: 0, field: 'nik', reason: 'Mencocokkan dengan KK' })).body,
    { value: '9999011708859001' },
  )
  assert.deepEqual(await looks(), [
    { actor_id: front.accountId, reason: 'Mencocokkan dengan KK', detail: { field: 'nik' } },
  ])
  assert.equal(
    (await post(`/complaints/${id}/reveal`, district, { seq: 0, field: 'nik', reason: 'Ingin tahu saja' })).status,
    403,
  )
})
