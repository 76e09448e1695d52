import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

const at = new Date('2026-11-23T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => at })
const app = await testApp(db)
const karanganyar = await signedIn(db, { role: 'administrator', regionCode: '33.13' })
const officer = await signedIn(db, { role: 'officer', regionCode: '33.13' })

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
async function call(method: Method, url: string, payload?: object, cookie = '') {
  const answer = await app.inject({ method, url, headers: { cookie }, ...(payload && { payload }) })
  return { status: answer.statusCode, headers: answer.headers, body: answer.body ? answer.json() : null }
}
const asAdministrator = (method: Method, url: string, payload?: object) =>
  call(method, url, payload, karanganyar.cookie)

test('a region with what lies above and beneath', async () => {
  const { status, body, headers } = await call('GET', '/api/regions/32.75.01')
  assert.equal(status, 200)
  assert.equal(headers['cache-control'], 'public, max-age=600')
  assert.deepEqual(
    { ...body, path: body.path.map((one: { code: string }) => one.code) },
    {
      code: '32.75.01',
      name: 'Bekasi Timur',
      kind: 'kecamatan',
      tier: 'district',
      pathName: 'Bekasi Timur, Kota Bekasi, Jawa Barat',
      timeZone: 'Asia/Jakarta',
      path: ['00', '32', '32.75'],
      children: [{ kind: 'kelurahan', count: 4 }],
    },
  )
  const children = await call('GET', '/api/regions/32.75.01/children')
  assert.deepEqual(
    children.body.items.map((one: { name: string }) => one.name),
    ['Arenjaya', 'Bekasijaya', 'Durenjaya', 'Margahayu'],
  )
  assert.deepEqual((await call('GET', '/api/regions/32.75.01.1002/children')).body, { items: [] })
  assert.equal((await call('GET', '/api/regions/00')).body.children[0].count, 38)
})

test('what does not exist and what is nonsense', async () => {
  for (const url of [
    '/api/regions/98',
    '/api/regions/98/children',
    '/api/regions/98/offices',
    '/api/holidays?year=2026&region=98',
  ])
    assert.equal((await call('GET', url)).status, 404, url)
  for (const url of [
    '/api/regions/3275',
    "/api/regions/'",
    '/api/regions?q=',
    '/api/regions',
    '/api/regions?q=a&limit=0',
    '/api/regions?q=a&tier=kota',
    '/api/regions?q=a&within=x',
    '/api/regions/32/offices/army',
    '/api/holidays?year=x',
    `/api/regions?q=${'a'.repeat(201)}`,
    '/api/regions?q=%00',
  ]) {
    // prettier-ignore
    const { status, headers, body } = await call('GET', url)
    assert.equal(status, 400, url)
    assert.match(String(headers['content-type']), /^application\/problem\+json/)
    assert.ok(body.errors[0].field, url)
  }
})

test('searching', async () => {
  const found = await call('GET', '/api/regions?q=margahayu%20bekasi')
  assert.deepEqual(
    found.body.items.map((one: { code: string }) => one.code),
    ['32.75.01.1002'],
  )
  assert.equal((await call('GET', '/api/regions?q=karanganyar&within=33.13&tier=district')).body.items.length, 1)
})

test('offices and who takes the complaints of a region', async () => {
  const { body } = await call('GET', '/api/regions/33.13/offices')
  assert.equal(body.items.length, 8)
  assert.equal(body.items[0].agency, 'social')
  assert.equal(body.items[0].staffed, true)
  assert.deepEqual(
    body.chain.map((one: { id: string; staffed: boolean }) => `${one.id} ${one.staffed}`),
    ['33.13/social true', '33/social false', '00/social false'],
  )
})

test('contact of an office', async () => {
  const url = '/api/regions/33.13.09/offices/social'
  const contact = {
    name: 'Kecamatan Karanganyar',
    address: null,
    phone: '0271 5550100',
    email: 'kantor@contoh.example',
  }
  assert.equal((await call('PUT', url, contact)).status, 401)
  assert.equal((await call('PUT', url, contact, officer.cookie)).status, 403)
  assert.equal((await asAdministrator('PUT', '/api/regions/33.05/offices/social', contact)).status, 403)
  assert.equal((await asAdministrator('PUT', '/api/regions/33.13.09/offices/health', contact)).status, 404)
  const refused = await asAdministrator('PUT', url, { ...contact, phone: 'besok', email: 'x' })
  assert.deepEqual([refused.status, refused.body.errors[0].field], [400, 'phone'])
  assert.equal((await asAdministrator('PUT', url, { ...contact, name: '   ' })).status, 400)
  assert.deepEqual((await asAdministrator('PUT', url, contact)).body.phone, '0271 5550100')
  assert.equal((await call('GET', url)).body.email, 'kantor@contoh.example')
})

test('days off: added, refused twice, renamed, removed; nobody else may', async () => {
  const holiday = { regionCode: '33.13', day: '2026-11-25', name: 'Hari Rekaan', kind: 'regional' }
  assert.equal((await call('POST', '/api/holidays', holiday)).status, 401)
  assert.equal((await call('POST', '/api/holidays', holiday, officer.cookie)).status, 403)
  assert.equal(
    (await asAdministrator('POST', '/api/holidays', { ...holiday, regionCode: '32.75' })).body.code,
    'outside_region',
  )
  assert.equal((await asAdministrator('POST', '/api/holidays', { ...holiday, day: '2026-02-30' })).status, 400)
  const added = await asAdministrator('POST', '/api/holidays', holiday)
  assert.deepEqual(
    [added.status, added.body.regionName, added.body.can],
    [201, 'Kabupaten Karanganyar', { change: true }],
  )
  const twice = await asAdministrator('POST', '/api/holidays', holiday)
  assert.deepEqual(
    [twice.status, twice.body.title],
    [409, 'Tanggal itu sudah tercatat sebagai hari libur di wilayah ini.'],
  )
  const url = '/api/holidays/33.13/2026-11-25'
  assert.equal((await asAdministrator('PUT', url, { name: 'Lain', kind: 'national' })).body.errors[0].field, 'kind')
  assert.equal((await asAdministrator('PUT', url, { name: 'Lain', kind: 'regional' })).body.name, 'Lain')
  const seen = await call('GET', '/api/holidays?year=2026&region=33.13.09')
  assert.ok(
    seen.body.items.some(
      (one: { day: string; can: { change: boolean } }) => one.day === '2026-11-25' && !one.can.change,
    ),
  )
  assert.equal((await asAdministrator('DELETE', url)).status, 204)
  assert.equal((await asAdministrator('DELETE', url)).status, 404)
})

test('working weeks', async () => {
  const url = '/api/working-weeks/33.13/2026-12-01'
  const week = { weekdays: [1, 2, 3, 4, 5, 6], opens: '07:30', closes: '14:00' }
  for (const wrong of [
    { weekdays: [] },
    { weekdays: [0] },
    { weekdays: [1, 1] },
    { opens: '24:00' },
    { closes: '07:30' },
  ])
    assert.equal((await asAdministrator('PUT', url, { ...week, ...wrong })).status, 400, JSON.stringify(wrong))
  assert.equal((await asAdministrator('PUT', '/api/working-weeks/33/2026-12-01', week)).status, 403)
  assert.equal((await asAdministrator('PUT', url, week)).status, 200)
  const { body } = await call('GET', '/api/working-weeks?region=33.13.09')
  assert.deepEqual(
    body.items.map((one: { validFrom: string; opens: string }) => `${one.validFrom} ${one.opens}`),
    ['2020-01-01 08:00', '2026-12-01 07:30'],
  )
  assert.equal((await asAdministrator('DELETE', url)).status, 204)
  assert.equal((await asAdministrator('DELETE', url)).status, 404)
  assert.equal((await sql(`select 1 from working_week`)).length, 1)
})
