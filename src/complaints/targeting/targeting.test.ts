import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Targeting, TargetingRows } from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-20T03:00:00Z') })
const app = await testApp(db)
const margahayu = '32.75.01.1002'
const jaticempaka = '32.75.02.1001'
const nurul = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Nurul' })
const joko = await signedIn(db, { role: 'officer', regionCode: '33.13', name: 'Joko' })
const tagana = await signedIn(db, { role: 'pillar', regionCode: margahayu, name: 'Tari' })

const get = async <T>(url: string, who: { cookie: string } = nurul) => {
  const answer = await app.inject({ method: 'GET', url: `/api${url}`, headers: { cookie: who.cookie } })
  return { status: answer.statusCode, body: answer.json<T>() }
}

/** A family with an entitlement, and what became of it in a round that was to end on 10 November. */
async function entitled(village: string, decile: number | null, outcome: 'on_time' | 'late' | 'open' | 'dead' | null) {
  const family = uuid()
  await sql(
    `insert into family (id, region_code, decile, answers, status, valid_from, known_from, last_seq) values ($1, $2, $3, '{}', 'active', '2026-01-01', now(), 1)`,
    [family, village, decile],
  )
  await sql(
    `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons)
     values ($1, $2, $3, 'SEMBAKO', '2026-11', '2026-11-01', '2026-11-30', 'Sumi', 200000, 1)`,
    [list, family, village],
  )
  if (outcome === null) return family
  const redemption = uuid()
  const delivered = outcome === 'on_time' || outcome === 'late'
  const at = outcome === 'late' ? '2026-11-12T03:00:00Z' : '2026-11-09T03:00:00Z'
  await sql(
    `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount, state, reason, redemption_id, settled_at)
     values ($1, $2, $3, $4, 'Sumi', 200000, $5, $6, $7, $8)`,
    // prettier-ignore
    [round, family, village, list, delivered ? 'delivered' : outcome === 'dead' ? 'undelivered' : 'open', outcome === 'dead' ? 'dead' : null, delivered ? redemption : null, outcome === 'open' ? null : at],
  )
  if (outcome !== 'open')
    for (const id of outcome === 'dead' ? [redemption, uuid()] : [redemption])
      await sql(
        `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, reason, received_by, amount, happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
         values ($1, $2, $3, $4, 'search', $5, $6, $7, $8, $9, $9, $9, 'hp-1', false, $10, 'pillar', $11)`,
        // prettier-ignore
        [id, round, family, village, delivered ? 'received' : 'refused', delivered ? null : 'dead', delivered ? 'self' : null, delivered ? 200000 : 0, at, tagana.actor.accountId, delivered ? 'counts' : 'attempt'],
      )
  return family
}

const list = uuid()
const round = uuid()
await sql(
  `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, state, made_by, made_role)
   select $1, 'PEN-000901', 'SEMBAKO', max(version), '2026-11', '2026-11-01', '2026-11-30', '2026-10-20', now(), '32.75', 'made', $2, 'officer'
   from programme_version where programme_code = 'SEMBAKO'`,
  [list, nurul.actor.accountId],
)
const heldFamily = uuid()
await sql(
  `insert into determination_hold (determination_id, family_id, region_code, decision, reason, decided_by, decided_at) values ($1, $2, $3, 'hold', 'pemilik toko', $4, '2026-10-25')`,
  [list, heldFamily, margahayu, nurul.actor.accountId],
)
await sql(`update determination set state = 'approved', decree_number = 'SK-901', decided_at = now() where id = $1`, [
  list,
])
await sql(
  `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, opens_on, closes_on, state, made_by)
   values ($1, 'SAL-000901', $2, 'SEMBAKO', '2026-11', 'November', '32.75', 'community_point', '2026-11-05', '2026-11-10', 'open', $3)`,
  [round, list, nurul.actor.accountId],
)
await entitled(margahayu, 1, 'on_time')
await entitled(margahayu, 2, 'on_time')
await entitled(margahayu, 8, 'late')
await entitled(margahayu, null, 'dead')
await entitled(jaticempaka, 1, 'open')
await entitled(jaticempaka, 3, null)
await sql(
  `insert into family (id, region_code, decile, answers, status, valid_from, known_from, last_seq) values ($1, $2, 3, '{}', 'active', '2026-02-01', now(), 1)`,
  [uuid(), margahayu],
)
/** A proposal that somebody went to look at, twice where two findings are given: the last one counts. */
async function checked(kind: 'enrol' | 'remove', removal: string | null, ...results: string[]) {
  const id = uuid()
  await sql(
    `insert into proposal (id, number, region_code, kind, removal, programme_code, door, reason, submitted_on, period, state)
     values ($1::uuid, 'USL-' || left(md5($1::text), 8), $2, $3, $4, 'SEMBAKO', 'officer', 'Menurut pengurus RT setempat.', '2026-11-01', '2026-11', 'field_check')`,
    [id, margahayu, kind, removal],
  )
  for (const [round_, result] of results.entries())
    await sql(
      `insert into field_check (proposal_id, round, assigned_to, assigned_name, assigned_by, submitted_by, submitted_at, visited_on, result)
       values ($1, $2, $3, 'Tari', $4, $3, '2026-11-06T03:00:00Z', '2026-11-05', $5)`,
      [id, round_ + 1, tagana.actor.accountId, nurul.actor.accountId, result],
    )
}
await checked('enrol', null, 'as_proposed')
await checked('enrol', null, 'not_true', 'differs')
await checked('enrol', null, 'differs', 'not_true')
await checked('enrol', null)
await checked('remove', 'not_eligible', 'as_proposed')
await checked('remove', 'moved', 'not_found')
await checked('remove', 'not_eligible', 'not_found')
const visits: [string, string][] = [
  [await entitled(margahayu, 1, null), 'moved'],
  [await entitled(margahayu, 1, null), 'found'],
  // Nobody is entitled there.
  [uuid(), 'not_found'],
]
for (const [family, outcome] of visits)
  await sql(
    `insert into campaign_task (campaign_id, family_id, region_code, outcome, done_at, done_on) values ($1, $2, $3, $4, '2026-11-07T03:00:00Z', '2026-11-07')`,
    [uuid(), family, margahayu, outcome],
  )
for (const matter of ['enrolment.not_listed', 'enrolment.deceased', 'delivery.late'])
  assert.equal(
    (
      await app.inject({
        method: 'POST',
        url: '/api/complaints',
        headers: { cookie: tagana.cookie },
        payload: {
          regionCode: margahayu,
          class: 'complaint',
          matter,
          programmeCode: 'SEMBAKO',
          body: 'Ada yang tidak sesuai dengan keadaan di RT kami.',
          complainant: { name: 'Tari', phone: '0812 0000 9001' },
        },
      })
    ).statusCode,
    201,
  )

test('errors, deciles and delivery of a region and of what lies beneath it', async () => {
  const { status, body } = await get<Targeting>('/targeting/32.75?programme=SEMBAKO')
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(body.entitled, 8)
  assert.deepEqual(Object.fromEntries(body.signals.map((one) => [one.signal, one.count])), {
    not_listed: 1,
    checked_out: 2,
    enrolled: 0,
    listed_wrongly: 1,
    checked_in: 3,
    at_door: 1,
    removed: 0,
    held: 1,
  })
  assert.equal(body.exclusion, 0)
  assert.equal(body.inclusion, 1 / 9)
  assert.deepEqual(
    body.deciles.map((one) => [one.decile, one.families, one.entitled]),
    [
      [1, 4, 4],
      [2, 1, 1],
      [3, 2, 1],
      [8, 1, 1],
      [null, 1, 1],
    ],
  )
  assert.deepEqual(body.months, [{ month: '2026-11', onTime: 2, late: 1, undelivered: 1, open: 1 }])
  const beneath = new Map(body.children.map((one) => [one.region.code, one]))
  assert.equal(beneath.get('32.75.01')?.entitled, 6)
  assert.equal(beneath.get('32.75.02')?.entitled, 2)
  assert.equal(beneath.get('32.75.02')?.inclusion, 0)
  assert.equal(beneath.get('32.75.03')?.inclusion, null)
})

/** Every figure of a region against its rows, two a page; `other` reads the rows of another decile, to show that they would not pass. */
async function holds(region: string, other: (decile: string) => string = (decile) => decile) {
  const { body } = await get<Targeting>(`/targeting/${region}`)
  const [month] = body.months
  const held = body.signals.find((one) => one.signal === 'held')?.count ?? 0
  const figures: [string, number][] = [
    ...body.signals.map((one): [string, number] => [one.signal, one.count]),
    ['on_time', month?.onTime ?? 0],
    ['late', month?.late ?? 0],
    ['undelivered', month?.undelivered ?? 0],
    ['open', month?.open ?? 0],
    ['entitled', body.entitled],
    ['inclusion', Math.round((body.inclusion ?? 0) * (body.entitled + held))],
    ['families', body.deciles.reduce((all, one) => all + one.families, 0)],
    ...body.deciles.flatMap((one): [string, number][] => {
      const decile = other(String(one.decile ?? 'unknown'))
      return [
        [`entitled&decile=${decile}`, one.entitled],
        [`families&decile=${decile}`, one.families],
      ]
    }),
  ]
  for (const [kind, count] of figures) {
    const seen: string[] = []
    let after = ''
    do {
      const page = await get<TargetingRows>(`/targeting/${region}/rows?kind=${kind}&limit=2${after}`)
      assert.equal(page.status, 200, JSON.stringify(page.body))
      seen.push(...page.body.items.map((one) => one.id))
      after = page.body.next === null ? '' : `&after=${encodeURIComponent(page.body.next)}`
    } while (after)
    assert.equal(seen.length, count, `${kind} of ${region}`)
    assert.equal(new Set(seen).size, count, kind)
  }
  return figures.filter(([, count]) => count > 0).length
}

test('behind each figure of every region stand exactly as many rows, in pages', async () => {
  let some = 0
  for (const region of ['32.75', '32.75.01', '32.75.02', '32.75.03', margahayu, jaticempaka])
    some += await holds(region)
  assert.ok(some > 50, `${some} figures had rows`)
  await assert.rejects(
    holds('32.75', (decile) => (decile === '1' ? '2' : decile)),
    { code: 'ERR_ASSERTION' },
  )
})

test('on time is when it was handed over, by the clock of the village: not when it was sent, nor a try after it', async () => {
  const [{ code: papua } = { code: '' }] = await sql<{ code: string }>(
    `select code from region where tier = 'village' and code like '92.02.%' and time_zone = 'Asia/Jayapura' order by code limit 1`,
  )
  const rayon = await signedIn(db, { role: 'supervisor', regionCode: '92', name: 'Yosina' })
  await sql(
    `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, opens_on, closes_on, state, made_by)
     values ($1, 'SAL-000902', $2, 'SEMBAKO', '2026-11', 'Papua', '92', 'community_point', '2026-11-05', '2026-11-10', 'open', $3)`,
    [uuid(), list, nurul.actor.accountId],
  )
  const [{ id: there } = { id: '' }] = await sql<{ id: string }>(`select id from distribution_round where number = 'SAL-000902'`) // prettier-ignore
  const handed = async (happenedAt: string, settledAt: string) => {
    const [family, redemption] = [uuid(), uuid()]
    await sql(
      `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons)
       values ($1, $2, $3, 'SEMBAKO', '2026-11', '2026-11-01', '2026-11-30', 'Yosina', 200000, 1)`,
      [list, family, papua],
    )
    await sql(
      `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount, state, redemption_id, settled_at)
       values ($1, $2, $3, $4, 'Yosina', 200000, 'delivered', $5, $6)`,
      [there, family, papua, list, redemption, settledAt],
    )
    await sql(
      `insert into redemption (id, round_id, family_id, region_code, found_by, outcome, received_by, amount, happened_at, device_at, recorded_at, device_id, offline, by_account, by_role, standing)
       values ($1, $2, $3, $4, 'search', 'received', 'self', 200000, $5, $5, $6, 'hp-2', true, $7, 'pillar', 'counts')`,
      [redemption, there, family, papua, happenedAt, settledAt, tagana.actor.accountId],
    )
    return `${there}/${family}`
  }
  const sentLater = await handed('2026-11-09T01:00:00Z', '2026-11-15T03:00:00Z')
  // Half past midnight of the 11th there, still the 10th in Jakarta.
  const nextDay = await handed('2026-11-10T15:30:00Z', '2026-11-10T15:30:00Z')
  const lastHour = await handed('2026-11-10T14:30:00Z', '2026-11-10T15:30:00Z')
  const rows = async (kind: string) =>
    (await get<TargetingRows>(`/targeting/92/rows?kind=${kind}`, rayon)).body.items.map((one) => one.id).toSorted()
  assert.deepEqual(await rows('on_time'), [sentLater, lastHour].toSorted())
  assert.deepEqual(await rows('late'), [nextDay])
})

test('another time, another programme and another region hold nothing of it', async () => {
  for (const url of ['/targeting/32.75?programme=PKH', '/targeting/32.75?from=2025-01-01&to=2025-12-31']) {
    const { body } = await get<Targeting>(url)
    assert.equal(body.entitled, 0)
    assert.deepEqual(body.months, [])
    assert.equal(body.inclusion, null)
  }
  assert.equal((await get('/targeting/32.75', joko)).status, 404)
  assert.equal((await get<Targeting>('/targeting/33.13', joko)).body.entitled, 0)
  assert.equal((await get(`/targeting/${margahayu}`, tagana)).status, 403)
  assert.equal((await get('/targeting/32.75?from=2026-12-01&to=2026-01-01')).status, 400)
  assert.equal((await get('/targeting/32.75/rows?kind=late&after=x')).status, 400)
})
