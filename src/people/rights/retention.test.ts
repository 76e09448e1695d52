import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql as tag } from 'kysely'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { applyRetention, reportRetention } from './retention.ts'
import type { RetentionRun } from './schema.ts'

const DAY = 86_400_000
let now = Date.parse('2026-06-01T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => new Date(now) })
const app = await testApp(db)
const village = '32.75.01.1002'

async function call<T>(who: SignedIn, method: 'GET' | 'POST', url: string, payload?: object) {
  const response = await app.inject({
    method,
    url: `/api/${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  return { status: response.statusCode, body: response.body === '' ? undefined : response.json<T>() }
}
const paper = { source: 'civil_registry', sourceRef: 'KK-1' }
async function registered(desk: SignedIn, kkNumber: string, name: string, nik: string) {
  const { status, body } = await call<{ familyId: string }>(desk, 'POST', 'register/families', {
    ...paper,
    effectiveOn: '2026-01-10',
    regionCode: village,
    family: { kkNumber, address: 'Gang Melati 4' },
    members: [
      { name, relationship: 'head', nik, birthDate: '1985-08-01', sex: 'female', sealed: { disabilities: ['visual'] } },
      { name: `Anak ${name}`, relationship: 'child', birthDate: '2010-03-03' },
    ],
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body?.familyId ?? ''
}
async function dies(desk: SignedIn, familyId: string, effectiveOn: string) {
  const members = await sql<{ id: string; relationship: string }>(
    'select id, relationship from person where family_id = $1',
    [familyId],
  )
  const head = members.find((one) => one.relationship === 'head')?.id ?? ''
  const next = members.find((one) => one.relationship !== 'head')?.id ?? ''
  await call(desk, 'POST', `register/families/${familyId}/open`, { reason: 'Akta kematian dibawa', work: 'service' })
  const { status, body } = await call(desk, 'POST', `register/families/${familyId}/deaths`, {
    ...paper,
    effectiveOn,
    personId: head,
    headId: next,
  })
  assert.equal(status, 200, JSON.stringify(body))
  return head
}
/** Two contacts of an opened family, of which the first is used no longer; answers the id of the second. */
async function reached(desk: SignedIn, familyId: string, more: object = {}) {
  const [old, used] = [randomUUID(), randomUUID()]
  const at = `register/families/${familyId}/contacts`
  await call(desk, 'POST', `register/families/${familyId}/open`, { reason: 'Mencatat nomor', work: 'other' })
  const told = { kind: 'whatsapp', agreed: true }
  for (const [id, value] of [
    [old, '081200009001'],
    [used, '081200009002'],
  ])
    // prettier-ignore
    assert.equal((await call(desk, 'POST', at, { ...told, ...(id === used && more), id, value })).status, 200)
  assert.equal((await call(desk, 'POST', `${at}/${old}/end`, { reason: 'changed' })).status, 200)
  return used
}
const kept = async () => (await sql<{ id: string }>('select id from family_contact order by recorded_at, id')).map((one) => one.id) // prettier-ignore
const report = () => db.asSystem('test', (tx) => reportRetention(tx, new Date(now)))
const apply = () => db.asSystem('test', (tx) => applyRetention(tx, new Date(now)))
const counts = async () =>
  (
    await sql<{ persons: number; events: number; families: number }>(
      `select (select count(*) from person)::int as persons, (select count(*) from register_event)::int as events, (select count(*) from family)::int as families`,
    )
  )[0]

test('a report waits, may be held by the nation, and then takes exactly what it said', async () => {
  const desk = await signedIn(db, { role: 'officer', regionCode: village })
  const early = await registered(desk, '9999011001269001', 'Ratna', '9999014108859001')
  const later = await registered(desk, '9999011001269002', 'Wulan', '9999014108859002')
  const gone = await dies(desk, early, '2026-03-01')
  const [alone] = await sql<{ id: string }>(`select id from person where family_id = $1 and name = 'Wulan'`, [later])
  // Of a family nobody is left of, its contacts go with it, whosever they are.
  const empty = await registered(desk, '9999011001269003', 'Sumi', '9999014108859003')
  await sql(`update person set status = 'dead', died_on = '2026-03-01' where family_id = $1`, [empty])
  await reached(desk, empty)
  await reached(desk, early, { personId: gone })
  const theirs = await reached(desk, later, { personId: alone?.id })
  assert.equal(await report(), null, 'nothing is old yet')

  now = Date.parse('2030-01-15T03:00:00Z')
  const desk2030 = await signedIn(db, { role: 'officer', regionCode: village })
  const stays = await dies(desk2030, later, '2030-01-10')

  now = Date.parse('2036-07-01T03:00:00Z')
  const nation = await signedIn(db, { role: 'administrator', regionCode: '00' })
  const regency = await signedIn(db, { role: 'administrator', regionCode: '32.75' })
  const auditor = await signedIn(db, { role: 'auditor', regionCode: '00' })
  const first = await report()
  assert.ok(first)
  assert.equal(await report(), null, 'one at a time')
  assert.equal(await apply(), false, 'the notice has not passed')
  const seen = await call<{ runs: RetentionRun[]; canHold: boolean }>(auditor, 'GET', 'rights/retention')
  assert.equal(seen.status, 200)
  const reported = Object.fromEntries((seen.body?.runs[0]?.items ?? []).map((one) => [one.key, one.reported]))
  assert.deepEqual(reported, {
    complaint_identity: 0,
    ended_contact: 3,
    left_register: 3,
    opening: 5,
    proposal_identity: 0,
    request_identity: 0,
  })

  const reason = { reason: 'Pemeriksaan BPK masih memerlukan data ini.' }
  assert.equal((await call(regency, 'POST', `rights/retention/${first}/hold`, reason)).status, 403)
  assert.equal((await call(auditor, 'POST', `rights/retention/${first}/hold`, reason)).status, 403)
  assert.equal((await call(nation, 'POST', `rights/retention/${first}/hold`, reason)).status, 204)
  assert.equal((await call(nation, 'POST', `rights/retention/${first}/hold`, reason)).status, 409)
  now += 20 * DAY
  assert.equal(await apply(), false, 'held')
  assert.equal((await sql('select name from person where id = $1', [gone]))[0]?.['name'], 'Ratna')

  now += 10 * DAY
  assert.ok(await report())
  now += 15 * DAY
  const before = await counts()
  assert.equal((await kept()).length, 6)
  assert.equal(await apply(), true)
  assert.deepEqual(await counts(), before, 'how many there were stays')
  assert.deepEqual(await kept(), [theirs], 'ended ones, and that of whom is erased')
  const [erased] = await sql(
    'select name, nik, mother_name, birth_date, sex, status, region_code from person where id = $1',
    [gone],
  )
  assert.deepEqual(erased, {
    name: '—',
    nik: null,
    mother_name: null,
    birth_date: '1985-01-01',
    sex: 'female',
    status: 'dead',
    region_code: village,
  })
  const events = await sql<{ patch: object; kind: string }>(
    'select kind, patch from register_event where subject_id = $1',
    [gone],
  )
  assert.ok(events.length >= 2)
  assert.ok(events.every((one) => Object.keys(one.patch).length === 0))
  for (const table of ['person_past', 'person_sealed', 'person_sealed_past'])
    assert.equal((await sql(`select 1 from ${table} where person_id = $1`, [gone])).length, 0, table)
  assert.equal((await sql('select name from person where id = $1', [stays]))[0]?.['name'], 'Wulan', 'left later')
  assert.equal(
    (await sql('select 1 from family where id = $1 and kk_number is not null', [early])).length,
    1,
    'a child lives',
  )
  const whole = await sql<{ text: string }>(
    `select string_agg(t::text, ' ') as text from (select to_jsonb(e) as t from register_event e union all select to_jsonb(p) from person p) all_rows`,
  )
  assert.ok(!whole[0]?.text.includes('9999014108859001'))
  assert.equal(await apply(), false)
})

test('nobody else changes what happened, not with the flag either', async () => {
  const [event] = await sql<{ seq: number; subject_id: string }>(
    `select seq, subject_id from register_event where state = 'in_force' and patch <> '{}' limit 1`,
  )
  const desk = await signedIn(db, { role: 'officer', regionCode: village })
  const change = (as: 'system' | 'officer') => {
    const work = async (tx: Parameters<Parameters<typeof db.asSystem>[1]>[0]) => {
      await tag`select set_config('app.erasing', 'on', true)`.execute(tx)
      await tag`update register_event set patch = '{}' where subject_id = ${event?.subject_id} and seq = ${event?.seq}`.execute(
        tx,
      )
    }
    return as === 'system' ? db.asSystem('test', work) : db.as(desk.actor, work)
  }
  await assert.rejects(change('system'), { code: '42501' })
  await assert.rejects(change('officer'), { code: '42501' })
  await assert.rejects(
    db.as(desk.actor, (tx) => tag`select erase_left(now())`.execute(tx)),
    { code: '42501' },
  )
  await assert.rejects(sql(`delete from register_event where subject_id = $1`, [event?.subject_id]), { code: '42501' })
})
