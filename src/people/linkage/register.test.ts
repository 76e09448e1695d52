import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { recordChange } from '../register/index.ts'
import { checkPerson, checkWaiting, watchRegister } from './check-person.ts'
import { askForScan, runScan } from './scan.ts'
import type { Pair, Pairs, Report } from './schema.ts'

const { db, sql } = await testDatabase()
const app = await testApp(db)
watchRegister()

const margahayu = '32.75.01.1002'
const durenJaya = '32.75.01.1001'
const karanganyar = '33.13.01.2001'
const today = new Date().toISOString().slice(0, 10)

let made = 0
type Given = {
  name: string
  nik?: string
  birthDate?: string
  region?: string
  mother?: string
  sex?: 'female' | 'male'
  familyId?: string
  status?: 'active'
}

/** A family of one: its head. Recorded as everything is, by a change. */
async function person(given: Given): Promise<{ id: string; familyId: string }> {
  const [id, familyId] = [randomUUID(), given.familyId ?? randomUUID()]
  const region = given.region ?? margahayu
  await db.asSystem('test', tx =>
    recordChange(tx, { role: 'system' }, {
      id: randomUUID(),
      kind: 'registered',
      effectiveOn: '2026-01-02',
      reportedOn: today,
      source: 'survey',
      check: 'none',
      parts: [
        ...(given.familyId
          ? []
          : [
              {
                subject: 'family' as const,
                subjectId: familyId,
                isNew: true,
                patch: { regionCode: region, status: 'active' as const, headId: id, payeeId: id, address: `Jl. Melati ${++made}`, rt: '001', rw: '002', kkNumber: `99750101012${String(10000 + made)}`, answers: {} },
              },
            ]),
        {
          subject: 'person',
          subjectId: id,
          isNew: true,
          patch: {
            familyId, regionCode: region, name: given.name, birthDate: given.birthDate ?? '1980-04-05', sex: given.sex ?? 'female', ppks: [], answers: {}, status: 'active',
            relationship: given.familyId ? 'child' : 'head', ...(given.nik && { nik: given.nik }), ...(given.mother && { motherName: given.mother }),
          },
        },
      ],
    }),
  ) // prettier-ignore
  return { id, familyId }
}

const officer = async (regionCode: string) => (await signedIn(db, { role: 'officer', regionCode })).cookie
async function ask<Answer>(cookie: string, method: 'GET' | 'POST', url: string, payload?: object) {
  const response = await app.inject({ method, url: `/api${url}`, headers: { cookie: cookie, origin: 'http://localhost', host: 'localhost' }, ...(payload && { payload }) }) // prettier-ignore
  return { status: response.statusCode, body: response.json<Answer>() }
}
const path = (one: string, other: string) => `/register/pairs/${[one, other].toSorted().join('/')}`
const settle = async () => {
  while ((await checkWaiting(db, async () => {})) > 0);
}
const pairOf = async (one: string, other: string) =>
  (await sql<{ state: string; probability: number; same_nik: boolean }>('select state, probability, same_nik from link_pair where left_id = $1 and right_id = $2', [one, other].toSorted()))[0] // prettier-ignore

test('a new person who is there already is found at once, a twin is not', async () => {
  const first = await person({ name: 'Siti Aminah', nik: '9975014504809001', mother: 'Sumiati' })
  const again = await person({
    name: 'Hj. Sitti Aminah, S.Pd.',
    nik: '9975014504809001',
    mother: 'Sumiati',
    region: durenJaya,
  })
  const twin = await person({
    name: 'Dewi Lestari',
    nik: '9975014504809002',
    mother: 'Sumiati',
    familyId: first.familyId,
  })
  await settle()
  assert.equal((await pairOf(first.id, again.id))?.state, 'possible')
  assert.equal((await pairOf(first.id, again.id))?.same_nik, true)
  assert.equal(await pairOf(first.id, twin.id), undefined)
})

test('somebody whose name is mended comes to be found', async () => {
  const one = await person({ name: 'Bambang Suryadi', birthDate: '1971-03-09', sex: 'male', mother: 'Rukmini' })
  const other = await person({
    name: 'Wiryo',
    birthDate: '1971-03-09',
    sex: 'male',
    mother: 'Rukmini',
    region: durenJaya,
  })
  await settle()
  assert.equal(await pairOf(one.id, other.id), undefined)
  await db.asSystem('test', tx =>
    recordChange(tx, { role: 'system' }, { id: randomUUID(), kind: 'corrected', effectiveOn: today, source: 'civil_registry', check: 'none', parts: [{ subject: 'person', subjectId: other.id, patch: { name: 'Bambang Soerjadi' } }] }),
  ) // prettier-ignore
  await settle()
  assert.equal((await pairOf(one.id, other.id))?.state, 'possible')
})

test('different is for good: neither a check nor a search brings the pair back', async () => {
  const one = await person({ name: 'Maria Wulandari', birthDate: '1990-10-11', mother: 'Debora' })
  const other = await person({ name: 'Maria Wulandari', birthDate: '1990-10-11', mother: 'Debora', region: durenJaya })
  await settle()
  const cookie = await officer('32.75')
  const before = await ask<Pairs>(cookie, 'GET', '/register/pairs')
  assert.ok(before.body.items.some(({ leftId, rightId }) => [leftId, rightId].includes(one.id)))
  const done = await ask(cookie, 'POST', `${path(one.id, other.id)}/different`, { reason: 'sudah ditanya ke rumahnya' })
  assert.equal(done.status, 200)
  await db.asSystem('test', (tx) => checkPerson(tx, one.id))
  const scan = await db.asSystem('test', (tx) => askForScan(tx, null))
  await runScan(db, scan)
  assert.equal((await pairOf(one.id, other.id))?.state, 'different')
  const after = await ask<Pairs>(cookie, 'GET', '/register/pairs')
  assert.ok(!after.body.items.some(({ leftId, rightId }) => [leftId, rightId].includes(one.id)))
})

test('a pair is looked at after opening both families, merged, and taken back: both are as before', async () => {
  const one = await person({
    name: 'Yuliana Handayani',
    nik: '9975016208859007',
    birthDate: '1985-08-22',
    mother: 'Tukiyem',
  })
  const other = await person({
    name: 'Juliana Handajani',
    birthDate: '1985-08-22',
    mother: 'Tukijem',
    region: durenJaya,
  })
  const third = await person({
    name: 'Yuliana Handayani',
    birthDate: '1985-08-22',
    mother: 'Tukiyem',
    region: durenJaya,
  })
  const child = await person({
    name: 'Galih',
    birthDate: '2010-01-01',
    sex: 'male',
    familyId: other.familyId,
    region: durenJaya,
  })
  await sql(`insert into assistance (family_id, id, person_id, region_code, programme_code, period_from, source) values ($1, gen_random_uuid(), $2, $3, 'PKH', '2026-02-01', 'village')`, [other.familyId, other.id, durenJaya]) // prettier-ignore
  await sql(`insert into family_contact (family_id, id, region_code, kind, value, person_id, source) select family_id, gen_random_uuid(), region_code, 'whatsapp', '+6281200009001', id, 'desk' from person where id = $1`, [one.id]) // prettier-ignore
  await settle()
  const cookie = await officer('32.75')
  const url = path(one.id, other.id)
  assert.equal((await ask(cookie, 'GET', url)).status, 403)
  assert.equal((await ask(cookie, 'POST', `${url}/merge`, { keep: 'left', reason: 'orang yang sama' })).status, 403)
  assert.equal((await ask(cookie, 'POST', `${url}/open`, { reason: 'memeriksa data ganda' })).status, 200)
  const seen = await ask<Pair>(cookie, 'GET', url)
  assert.equal(seen.status, 200)
  assert.ok(seen.body.toChoose.includes('name') && seen.body.toChoose.includes('family'))
  assert.equal(seen.body.evidence.find(({ field }) => field === 'birth_date')?.outcome, 'agrees')
  assert.ok(!JSON.stringify(seen.body).includes('9975016208859007'))
  await ask(cookie, 'POST', `${path(other.id, third.id)}/different`, { reason: 'bukan orang ini' })
  const stand = () =>
    sql(
      `select id, to_jsonb(p) - '{version,changed_at,last_seq,known_from,search_keys}'::text[] as row from person p where id = any ($1)
       union all select id, to_jsonb(f) - '{version,changed_at,last_seq,known_from,search_keys}'::text[] from family f where id = any ($2)
       union all select id, to_jsonb(a) - 'known_from' from assistance a where id in (select id from assistance where person_id = any ($1))
       union all select id, to_jsonb(c) from family_contact c where family_id = any ($2) order by 1`,
      [[one.id, other.id, child.id], [one.familyId, other.familyId]],
    ) // prettier-ignore
  const before = await stand()
  const keep = one.id < other.id ? 'left' : 'right'
  const merged = await ask<{ id: string }>(cookie, 'POST', `${url}/merge`, { keep, choose: { family: keep === 'left' ? 'right' : 'left' }, reason: 'orang yang sama, dua KK' }) // prettier-ignore
  assert.equal(merged.status, 200, JSON.stringify(merged.body))
  const [kept] = await sql<{ family_id: string; relationship: string; nik: string }>(
    'select family_id, relationship, nik from person where id = $1',
    [one.id],
  )
  assert.deepEqual(kept, { family_id: other.familyId, relationship: 'head', nik: '9975016208859007' })
  const [gone] = await sql<{ status: string; merged_into: string }>(
    'select status, merged_into from person where id = $1',
    [other.id],
  )
  assert.deepEqual(gone, { status: 'merged', merged_into: one.id })
  const families = await sql<{ id: string; head_id: string | null; payee_id: string | null; status: string }>('select id, head_id, payee_id, status from family where id = any ($1)', [[one.familyId, other.familyId]]) // prettier-ignore
  assert.deepEqual(families.find(({ id }) => id === other.familyId), { id: other.familyId, head_id: one.id, payee_id: one.id, status: 'active' }) // prettier-ignore
  assert.equal(families.find(({ id }) => id === one.familyId)?.status, 'dissolved')
  assert.equal((await sql('select 1 from assistance where person_id = $1', [one.id])).length, 1)
  assert.deepEqual(await sql('select family_id from family_contact'), [{ family_id: other.familyId }], 'where they live now') // prettier-ignore
  // What was said of the one who is gone holds for the one who stays.
  assert.equal((await pairOf(one.id, third.id))?.state, 'different')
  assert.equal((await ask(cookie, 'POST', `${url}/merge`, { keep, reason: 'sekali lagi' })).status, 409)

  const undone = await ask(cookie, 'POST', `/register/merges/${merged.body.id}/undo`, { reason: 'ternyata dua orang' })
  assert.equal(undone.status, 200, JSON.stringify(undone.body))
  assert.deepEqual(await stand(), before)
  assert.ok((await sql('select 1 from register_event where subject_id = $1', [other.id])).length >= 3)
  assert.equal(
    (await ask(cookie, 'POST', `/register/merges/${merged.body.id}/undo`, { reason: 'sekali lagi' })).status,
    409,
  )
})

test('who sees only one of the two knows that there is a pair, and refers it to who sees both', async () => {
  const one = await person({ name: 'Painem Kasmini', birthDate: '1955-05-06', mother: 'Ngatini' })
  const other = await person({
    name: 'Painem Kasmini',
    birthDate: '1955-05-06',
    mother: 'Ngatini',
    region: karanganyar,
  })
  await settle()
  assert.equal((await pairOf(one.id, other.id))?.state, 'possible')
  const village = await officer(margahayu)
  const list = await ask<Pairs>(village, 'GET', '/register/pairs')
  assert.ok(!list.body.items.some(({ leftId, rightId }) => [leftId, rightId].includes(other.id)))
  const beyond = list.body.beyond.find(({ personId }) => personId === one.id)
  assert.equal(beyond?.decides, 'Indonesia')
  assert.ok(!JSON.stringify(list.body).includes(other.id))
  assert.equal((await ask(village, 'GET', path(one.id, other.id))).status, 404)
  assert.equal(
    (await ask(village, 'POST', `${path(one.id, other.id)}/different`, { reason: 'bukan orangnya' })).status,
    404,
  )
  assert.equal((await ask(village, 'POST', '/register/pairs/refer', { key: beyond?.key })).status, 200)
  const nation = await officer('00')
  const seen = await ask<Pairs>(nation, 'GET', '/register/pairs?show=referred')
  assert.ok(seen.body.items.some(({ leftId, rightId }) => [leftId, rightId].includes(other.id)))
  const elsewhere = await officer('36.73')
  assert.ok(!JSON.stringify((await ask<Pairs>(elsewhere, 'GET', '/register/pairs')).body).includes(one.id))
})

test('a search cut off in the middle goes on, and ends with the same pairs', async () => {
  const possible = () =>
    sql<{ left_id: string; right_id: string }>(
      "select left_id, right_id from link_pair where state = 'possible' order by left_id, right_id",
    )
  await sql("delete from link_pair where state = 'possible'")
  await runScan(db, await db.asSystem('test', (tx) => askForScan(tx, null)))
  const all = await possible()
  assert.ok(all.length >= 3)
  await sql("delete from link_pair where state = 'possible'")
  const scan = await db.asSystem('test', (tx) => askForScan(tx, null))
  const stop = new AbortController()
  stop.abort(new Error('the process ended'))
  await assert.rejects(runScan(db, scan, stop.signal))
  // It had got as far as the first pair: what lies before is not looked for again, the rest is.
  const until = all[0]?.left_id ?? ''
  await sql('update link_scan set done_until = $1 where id = $2', [until, scan])
  await runScan(db, scan)
  assert.deepEqual(
    await possible(),
    all.filter(({ left_id: left }) => left > until),
  )
  const [row] = await sql('select state, attempts from link_scan where id = $1', [scan])
  assert.deepEqual(row, { state: 'done', attempts: 2 })
  await runScan(db, await db.asSystem('test', (tx) => askForScan(tx, null)))
  assert.deepEqual(await possible(), all)
})

test('reports name the dead in receipt and numbers that stand twice, in the region and nowhere else', async () => {
  const dead = await person({ name: 'Karto Wiryo', birthDate: '1940-01-01', sex: 'male' })
  await sql(`insert into assistance (family_id, id, person_id, region_code, programme_code, period_from, source) values ($1, gen_random_uuid(), $2, $3, 'PKH', '2026-01-05', 'village')`, [dead.familyId, dead.id, margahayu]) // prettier-ignore
  await sql("update person set status = 'dead', died_on = '2026-03-01' where id = $1", [dead.id])
  const inside = await ask<Report>(await officer('32.75'), 'GET', '/register/pairs/reports/dead_receiving')
  assert.deepEqual(
    inside.body.rows.map(({ first, day }) => [first, day]),
    [['Karto Wiryo', '2026-03-01']],
  )
  const outside = await ask<Report>(await officer('33.13'), 'GET', '/register/pairs/reports/dead_receiving')
  assert.deepEqual(outside.body.rows, [])
  assert.equal((await ask(await officer('33.13'), 'GET', '/register/pairs/reports/regions?region=32.75')).status, 403)
  const twice = await ask<Report>(await officer('32.75'), 'GET', '/register/pairs/reports/same_nik')
  assert.ok(twice.body.rows.length >= 1)
  const file = await app.inject({
    url: '/api/register/pairs/reports/same_nik/export',
    headers: { cookie: await officer('32.75') },
  })
  assert.equal(file.statusCode, 200)
  assert.match(file.body, /997501\*+9001/)
})
