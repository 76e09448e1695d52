import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Given, makeRound } from '#test/support/rounds.ts'
import { lookForSigns } from './looking.ts'
import type { Signs, SignRows } from './schema.ts'

const CITY = '32.75'
const A = '32.75.01.1002'
const B = '32.75.01.1003'
const STOP = '01930000-0000-7000-8000-000000000002'
let now = new Date('2026-11-21T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const city = await signedIn(db, { role: 'supervisor', regionCode: CITY, name: 'Nurul' })
const villageB = await signedIn(db, { role: 'officer', regionCode: B })

const call = async <T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) => {
  const response = await app.inject({
    method,
    url: `/api/rounds/${url}`,
    headers: { host: 'localhost', cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.json<T & { code?: string }>() }
}
const at = (seconds: number) => new Date(Date.parse('2026-11-10T03:00:00Z') + seconds * 1000).toISOString()
/** Each telephone is somebody else's unless told. */
const people = new Map<string | undefined, string>()
const holderOf = (device: string | undefined) => {
  const known = people.get(device) ?? uuid()
  people.set(device, known)
  return known
}
const one = (handover: NonNullable<Given['handovers']>[number], more: Partial<Given> = {}): Given => ({
  village: A,
  state: 'delivered',
  handovers: [{ by: holderOf(handover.device), ...handover }],
  ...more,
})

// 10 in a minute; 5 by one proxy; far from the stop; at night; and an honest village beside it.
const round = await makeRound(sql, {
  region: CITY,
  stops: [{ id: STOP, village: A, way: 'community_point', point: [-6.24, 107.0] }],
  families: [
    ...Array.from({ length: 10 }, (_, n) => one({ device: 'fast', at: at(n * 6) })),
    ...Array.from({ length: 9 }, (_, n) => one({ device: 'busy', at: at(n * 6) })),
    ...Array.from({ length: 5 }, (_, n) =>
      one({ device: `p${n}`, proxy: n % 2 ? 'Pak  RUDI' : ' pak rudi', at: at(n * 600) }),
    ),
    ...Array.from({ length: 4 }, (_, n) => one({ device: `q${n}`, proxy: 'Bu Ani', at: at(n * 600) })),
    one({ device: 'far', point: [-6.3, 107.1], at: at(9000) }, { stop: STOP }),
    one({ device: 'near', point: [-6.2405, 107.0005], at: at(9000) }, { stop: STOP }),
    one({ device: 'night', at: '2026-11-10T17:00:00Z' }),
    one({ device: 'early', at: '2026-11-09T20:00:00Z' }, { stop: STOP }),
    ...Array.from({ length: 20 }, (_, n) => one({ device: 'honest', at: at(n * 60) }, { village: B })),
    one({ device: 'bank', at: '2026-11-10T17:00:00Z', channel: 'bank' }, { village: B }),
    one({ device: 'dead', at: at(100) }, { village: B }),
    one({ device: 'alive', at: at(100) }, { village: B }),
  ],
})
const redemptions = await sql<{ id: string; family_id: string; device_id: string; region_code: string }>(
  'select id, family_id, device_id, region_code from redemption where round_id = $1 order by happened_at, id',
  [round.id],
)
const of = (device: string) => redemptions.filter((row) => row.device_id === device)
for (const [device, status] of [
  ['dead', 'dead'],
  ['alive', 'active'],
]) {
  const [row] = of(device ?? '')
  await sql(
    `insert into person (id, region_code, name, status, died_on, valid_from, known_from, last_seq) values ($1, $2, 'Contoh', $3, $4, '2026-01-01', now(), 1)`,
    [row?.id, B, status, status === 'dead' ? '2026-11-09' : null],
  )
  await sql('update round_entitlement set payee_id = $3 where round_id = $1 and family_id = $2', [
    round.id,
    row?.family_id,
    row?.id,
  ])
}
for (const [kind, device, hash] of [
  ['signature', 'p0', 'same'],
  ['signature', 'p1', 'same'],
  ['signature', 'p2', 'other'],
  ['photo', 'q0', 'picture'],
  ['photo', 'q1', 'picture'],
])
  await sql(
    `insert into redemption_file (redemption_id, kind, round_id, region_code, file_id, name, media_type, bytes, by_account, at)
     values ($1, $2, $3, $4, $5, 'x.png', 'image/png', 1, gen_random_uuid(), '2026-11-10')`,
    [of(device ?? '')[0]?.id, kind, round.id, A, hash],
  )

test('each sign is found for its reason and nothing else; each opens the handovers behind it', async () => {
  assert.equal((await call<Signs>(city, 'GET', `${round.id}/signs`)).body.lookedAt, null)
  assert.equal(await lookForSigns(db), 1)
  assert.equal(await lookForSigns(db), 0)
  const { body } = await call<Signs>(city, 'GET', `${round.id}/signs`)
  const told = body.items
    .map((sign) => [sign.kind, sign.handovers, sign.region.code])
    .sort((a, b) => (String(a) < String(b) ? -1 : 1))
  assert.deepEqual(told, [
    ['dead', 1, B],
    ['far', 1, A],
    ['fast_device', 10, A],
    ['odd_hours', 1, A],
    ['odd_hours', 1, A],
    ['same_photo', 2, A],
    ['same_proxy', 5, A],
    ['same_signature', 2, A],
  ])
  const far = body.items.find((sign) => sign.kind === 'far')
  const rows = await call<SignRows>(
    city,
    'GET',
    `${round.id}/signs/rows?kind=far&key=${encodeURIComponent(far?.key ?? '')}`,
  )
  assert.equal(rows.status, 200, JSON.stringify(rows.body))
  assert.ok(Math.abs((rows.body[0]?.metres ?? 0) - 12_900) < 300, `${rows.body[0]?.metres}`)
  assert.equal((await call(city, 'GET', `${round.id}/signs/rows?kind=far&key=none`)).status, 404)
  // The village sees its own.
  assert.deepEqual(
    (await call<Signs>(villageB, 'GET', `${round.id}/signs`)).body.items.map((sign) => sign.kind),
    ['dead'],
  )
})

test('a sign is dismissed with a reason and stays so; one that grew is open again; a case is a complaint about each delivery', async () => {
  const judge = (who: SignedIn, body: object) => call<Signs>(who, 'POST', `${round.id}/signs/judge`, body)
  const { body } = await call<Signs>(city, 'GET', `${round.id}/signs`)
  const proxy = body.items.find((sign) => sign.kind === 'same_proxy')
  const fast = body.items.find((sign) => sign.kind === 'fast_device')
  assert.equal(
    (await judge(villageB, { kind: 'fast_device', key: fast?.key, decision: 'dismiss', note: 'Bukan desa saya' }))
      .status,
    404,
  )
  assert.equal((await judge(city, { kind: 'same_proxy', key: proxy?.key, decision: 'dismiss', note: 'x' })).status, 400)
  await judge(city, {
    kind: 'same_proxy',
    key: proxy?.key,
    decision: 'dismiss',
    note: 'Ketua RT mengambilkan warga lansia, ada surat kuasa',
  })
  const made = await judge(city, {
    kind: 'fast_device',
    key: fast?.key,
    decision: 'case',
    note: 'Sepuluh penyerahan dalam satu menit',
  })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  assert.equal(
    (await judge(city, { kind: 'fast_device', key: fast?.key, decision: 'dismiss', note: 'Sudah terlambat' })).body
      .code,
    'sign_judged',
  )
  const [filed] = await sql<{ class: string; matter: string; about_office: boolean; n: number }>(
    `select c.class, c.matter, c.about_office, (select count(*)::int from complaint_delivery d where d.complaint_id = c.id) as n from complaint c`,
  )
  assert.deepEqual(filed, { class: 'oversight', matter: 'delivery', about_office: true, n: 10 })

  now = new Date('2026-11-21T02:10:00Z')
  await call(city, 'POST', `${round.id}/signs`, {})
  await lookForSigns(db)
  const state = async (kind: string) =>
    (await call<Signs>(city, 'GET', `${round.id}/signs`)).body.items.find((sign) => sign.kind === kind)?.state
  assert.deepEqual([await state('same_proxy'), await state('fast_device')], ['dismissed', 'case'])
  await sql(
    `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, proxy_name, proxy_relation, amount, happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
     select gen_random_uuid(), round_id, family_id, region_code, 'search', 'received', 'proxy', 'PAK RUDI', 'neighbour', 1, happened_at, happened_at, '2026-11-21', 'z', true, by_account, 'pillar', 'double'
     from redemption where device_id = 'near'`,
  )
  // A proxy that turns out not to have been: the photo's handover was void.
  await sql(`update redemption set standing = 'void' where device_id = 'q1'`)
  now = new Date('2026-11-21T02:20:00Z')
  await call(city, 'POST', `${round.id}/signs`, {})
  await lookForSigns(db)
  assert.deepEqual([await state('same_proxy'), await state('same_photo')], ['open', undefined])
  const gone = await call<Signs>(city, 'GET', `${round.id}/signs?state=gone`)
  assert.deepEqual(
    gone.body.items.map((sign) => sign.kind),
    ['same_photo'],
  )
})

test('whoever recorded a handover does not judge the sign about it; another device each time hides nobody', async () => {
  const quick = await makeRound(sql, {
    region: CITY,
    families: [
      // One account, another name of the device each time: twelve in twelve seconds.
      ...Array.from({ length: 12 }, (_, n) => one({ device: `new-${n}`, at: at(n), by: city.accountId })),
      // Twelve people in twelve seconds are twelve people.
      ...Array.from({ length: 12 }, (_, n) => one({ device: `each-${n}`, at: at(n) })),
    ],
  })
  await lookForSigns(db)
  const { body } = await call<Signs>(city, 'GET', `${quick.id}/signs`)
  assert.deepEqual(body.items.map((sign) => [sign.kind, sign.handovers, sign.measured, sign.own]), [['fast_person', 12, 9, true]]) // prettier-ignore
  const key = body.items[0]?.key ?? ''
  assert.ok(!key.includes(city.accountId))
  const other = await signedIn(db, { role: 'supervisor', regionCode: CITY })
  const judge = (who: SignedIn, decision: string) =>
    call<Signs>(who, 'POST', `${quick.id}/signs/judge`, { kind: 'fast_person', key, decision, note: 'Antrean sudah disiapkan sebelumnya' }) // prettier-ignore
  for (const decision of ['dismiss', 'case']) {
    const own = await judge(city, decision)
    assert.deepEqual([own.status, own.body.code], [409, 'not_ones_own'])
  }
  assert.equal((await call<Signs>(other, 'GET', `${quick.id}/signs`)).body.items[0]?.own, false)
  assert.equal((await judge(other, 'dismiss')).status, 200)
})

test('what comes in after a round was closed and looked through is looked at too, once', async () => {
  const late = await makeRound(sql, {
    region: CITY,
    families: [
      ...Array.from({ length: 12 }, () => ({ village: A, state: 'open' as const })),
      one({ device: 'first', at: at(0) }),
    ],
  })
  await lookForSigns(db)
  const kinds = async () => (await call<Signs>(city, 'GET', `${late.id}/signs`)).body.items.map((sign) => sign.kind)
  const minutes = async (count: number) => {
    now = new Date(now.getTime() + count * 60_000)
    return lookForSigns(db)
  }
  assert.deepEqual([await minutes(10), await kinds()], [0, []])
  // Sent once the line is back, and the round is reconciled meanwhile.
  await sql(`update distribution_round set state = 'reconciled', reconciled_at = $2 where id = $1`, [late.id, now])
  await sql(
    `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, amount, happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
     select gen_random_uuid(), e.round_id, e.family_id, e.region_code, 'search', 'received', 'self', 1, x.at, x.at, $2, 'quick', true, $3, 'pillar', 'counts'
     from (select *, $4::timestamptz + make_interval(secs => row_number() over (order by family_id)) as at from round_entitlement where round_id = $1 and state = 'open') e
     cross join lateral (select e.at) x`,
    [late.id, now, holderOf('quick'), at(0)],
  )
  assert.deepEqual([await minutes(3), await kinds()], [1, ['fast_device']])
  assert.equal(await minutes(3), 0)
  // A photo that comes after its record.
  await sql(
    `insert into redemption_file (redemption_id, kind, round_id, region_code, file_id, name, media_type, bytes, by_account, at)
     select id, 'photo', round_id, region_code, 'one picture', 'x.jpg', 'image/jpeg', 1, by_account, $2 from redemption where round_id = $1 and device_id = 'quick' limit 3`,
    [late.id, now],
  )
  assert.deepEqual([await minutes(3), (await kinds()).toSorted()], [1, ['fast_device', 'same_photo']])
  assert.equal(await minutes(3), 0)
})
