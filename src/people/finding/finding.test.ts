import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, test } from 'node:test'
import fc from 'fast-check'
import type { Role } from '#src/platform/db/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { dice, otherWriting, personName, streets } from '#test/support/indonesian-names.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { familyKeys, personKeys } from '../search-keys.ts'
import type { Found } from './schema.ts'

const { db, sql } = await testDatabase()
const app = await testApp(db)

type Person = {
  id: string
  familyId: string
  headId: string
  village: string
  name: string
  birthDate: string
  nik: string
  kk: string
  female: boolean
  address: string
  rt: string
  rw: string
}
const villages = ['32.75.01.1002', '32.75.01.1001', '32.75.04.1001', '33.13.01.2001', '36.73.01.1001']
const people: Person[] = []
const roll = dice(3)
const two = (value: number) => String(value).padStart(2, '0')
let number = 0
for (const village of villages)
  for (let family = 0; family < 70; family++) {
    const familyId = randomUUID()
    const address = `Jl. ${streets[Math.floor(roll() * streets.length)]} No. ${1 + Math.floor(roll() * 90)}`
    const rt = String(1 + Math.floor(roll() * 9)).padStart(3, '0')
    const rw = String(1 + Math.floor(roll() * 12)).padStart(3, '0')
    const size = 1 + Math.floor(roll() * 5)
    const headId = randomUUID()
    const kk = `99${village.slice(3, 5)}01010120${String(++number).padStart(4, '0')}`
    for (let member = 0; member < size; member++) {
      const female = roll() < 0.5
      const birthYear = (member < 2 ? 1945 : 1995) + Math.floor(roll() * 29)
      const birthDate = `${birthYear}-${two(1 + Math.floor(roll() * 12))}-${two(1 + Math.floor(roll() * 28))}`
      const id = member === 0 ? headId : randomUUID()
      people.push({ id, familyId, headId, village, name: personName(roll, { female, birthYear }), birthDate, female, address, rt, rw, kk,
        nik: `99${village.slice(3, 5)}01${two(Number(birthDate.slice(8)) + (female ? 40 : 0))}${birthDate.slice(5, 7)}${birthDate.slice(2, 4)}${9000 + (number % 1000)}` }) // prettier-ignore
    }
  }

before(async () => {
  const families = [...new Map(people.map((one) => [one.familyId, one])).values()]
  await sql(
    `insert into family (id, region_code, kk_number, head_id, address, rt, rw, status, search_keys, valid_from, known_from, last_seq)
     select id, village, kk, head, address, rt, rw, 'active', keys, '2026-01-01', now(), 1
     from jsonb_to_recordset($1) r (id uuid, village text, kk text, head uuid, address text, rt text, rw text, keys integer[])`,
    [
      JSON.stringify(
        families.map((one) => ({
          id: one.familyId, village: one.village, kk: one.kk, head: one.headId, address: one.address, rt: one.rt, rw: one.rw,
          keys: familyKeys({ ...one, regionCode: one.village }),
        })), // prettier-ignore
      ),
    ],
  )
  await sql(
    `insert into person (id, family_id, region_code, nik, name, birth_date, sex, relationship, status, search_keys, valid_from, known_from, last_seq)
     select id, family, village, nik, name, born, sex, relation, 'active', keys, '2026-01-01', now(), 1
     from jsonb_to_recordset($1) r (id uuid, family uuid, village text, nik text, name text, born date, sex text, relation text, keys integer[])`,
    [
      JSON.stringify(
        people.map((one) => ({
          id: one.id, family: one.familyId, village: one.village, nik: one.nik, name: one.name, born: one.birthDate,
          sex: one.female ? 'female' : 'male', relation: one.id === one.headId ? 'head' : 'child', keys: personKeys({ ...one, regionCode: one.village }),
        })), // prettier-ignore
      ),
    ],
  )
  await sql(`insert into register_term values ('searches_an_hour', '2020-01-02', 100000, 'count', 'test')`)
})

const search = async (cookie: string, q: string, page?: number) => {
  const res = await app.inject({ method: 'POST', url: '/api/register/search', headers: { cookie }, payload: { q, ...(page && { page }) } }) // prettier-ignore
  return { status: res.statusCode, body: res.json<Found>(), text: res.body }
}
const district = await signedIn(db, { role: 'officer', regionCode: '32.75.01' })
const regency = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const province = await signedIn(db, { role: 'officer', regionCode: '32' })
const nation = await signedIn(db, { role: 'officer', regionCode: '00' })
const here = people.filter((one) => one.village.startsWith('32.75.01.'))
const someone = (list = here) => fc.constantFrom(...list)

/** All pages: whoever is on none of them was not found. */
async function found(cookie: string, q: string): Promise<string[]> {
  const ids: string[] = []
  for (let page = 1; ; page++) {
    const { status, body, text } = await search(cookie, q, page)
    assert.equal(status, 200, `${q}: ${text}`)
    ids.push(...body.hits.map((hit) => hit.personId))
    if (!body.more) return ids
  }
}

/** One slip of the finger in a word: a letter added, left out, mistaken or swapped. */
const slip = fc.record({ way: fc.nat(3), at: fc.nat(1000), letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz') })
function slipped(word: string, { way, at, letter }: { way: number; at: number; letter: string }): string {
  const spot = at % word.length
  if (way === 0) return word.slice(0, spot) + letter + word.slice(spot)
  if (way === 1 && word.length > 3) return word.slice(0, spot) + word.slice(spot + 1)
  if (way === 2 && spot + 1 < word.length)
    return `${word.slice(0, spot)}${word.charAt(spot + 1)}${word.charAt(spot)}${word.slice(spot + 2)}`
  return word.slice(0, spot) + letter + word.slice(spot + 1)
}

test('a name with one slip is found in its kecamatan', async () => {
  await fc.assert(
    fc.asyncProperty(someone(), fc.nat(10), slip, async (one, which, how) => {
      const words = one.name.toLowerCase().split(' ')
      const at = which % words.length
      words[at] = slipped(words[at] ?? '', how)
      const q = words.join(' ')
      assert.ok((await found(district.cookie, q)).includes(one.id), `${one.name}: ${q}`)
    }),
    { numRuns: 70 },
  )
})

test('a name is found in the old spelling, with a title, shortened, in capitals, in one word', async () => {
  await fc.assert(
    fc.asyncProperty(someone(), fc.nat(100_000), async (one, seed) => {
      const q = otherWriting(dice(seed), one.name, one.female)
      const { body } = await search(district.cookie, q)
      assert.ok((await found(district.cookie, q)).includes(one.id), `${one.name}: ${q}`)
      assert.ok(body.hits.length > 0)
    }),
    { numRuns: 40 },
  )
})

test('number, card, parts of a number, birth date in any manner, address and place each find the person', async () => {
  await fc.assert(
    fc.asyncProperty(someone(), async (one) => {
      const [year = '', month = '', day = ''] = one.birthDate.split('-')
      const months = ['Januari', 'Februari', 'Maret', 'April', 'Mei', 'Juni', 'Juli', 'Agustus', 'September', 'Oktober', 'November', 'Desember'] // prettier-ignore
      const ways = [
        one.nik,
        `NIK ${one.nik.slice(0, 4)} ${one.nik.slice(4, 8)} ${one.nik.slice(8, 12)} ${one.nik.slice(12)}`,
        `${one.nik.slice(0, 6)}******${one.nik.slice(-4)}`,
        one.nik.slice(0, 12),
        `${one.name} ${one.nik.slice(-4)}`,
        `${day}-${month}-${year}`,
        `${one.name} ${Number(day)} ${months[Number(month) - 1]} ${year}`,
        `${year}-${month}-${day} ${one.name}`,
        `${one.name} ${year}`,
        `${one.name} rt ${Number(one.rt)} rw ${Number(one.rw)}`,
        `${one.name}, ${one.address} RT ${one.rt}/${one.rw}`,
        one.village === '32.75.01.1002' ? `${one.name} margahayu` : `${one.name} bekasi jaya`,
      ]
      for (const q of ways) assert.ok((await found(district.cookie, q)).includes(one.id), `${one.name}: ${q}`)
      const byCard = await search(district.cookie, one.kk)
      assert.deepEqual(byCard.body.hits.map((hit) => hit.familyId), [one.familyId]) // prettier-ignore
      assert.ok(
        (await found(district.cookie, `${one.address} rt ${one.rt} rw ${one.rw}`)).some(
          (id) => people.find((other) => other.id === id)?.familyId === one.familyId,
        ),
      )
    }),
    { numRuns: 10 },
  )
})

test('a whole regency, a province and the nation find with more of a name, a birth date or a place', async () => {
  await fc.assert(
    fc.asyncProperty(someone(people.filter((one) => one.village.startsWith('32.75.'))), async (one) => {
      assert.ok((await found(regency.cookie, one.name)).includes(one.id), one.name)
      for (const cookie of [province.cookie, nation.cookie]) {
        assert.ok(
          (await found(cookie, `${one.name} ${one.birthDate}`)).includes(one.id),
          `${one.name} ${one.birthDate}`,
        )
        assert.ok((await found(cookie, one.nik)).includes(one.id))
        if (one.name.includes(' ')) assert.ok((await found(cookie, one.name)).includes(one.id), one.name)
        else {
          const { body } = await search(cookie, one.name)
          assert.deepEqual([body.hits.length, body.narrow], [0, ['region', 'second_name', 'birth_date']])
        }
      }
    }),
    { numRuns: 10 },
  )
})

test('nobody outside the own region is ever a hit, whatever is asked; pillars, auditors, health agencies find nobody', async () => {
  const askers = await Promise.all(
    (
      [
        ['officer', '32.75.01.1002', 'social'],
        ['supervisor', '32.75.01', 'social'],
        ['officer', '33.13', 'social'],
        ['officer', '36', 'social'],
        ['officer', '32.75', 'health'],
        ['pillar', '32.75.01.1002', 'social'],
        ['auditor', '00', 'social'],
        ['administrator', '32.75', 'social'],
      ] as [Role, string, string][]
    ).map(async ([role, regionCode, agency]) => ({
      role,
      regionCode,
      mayFind: agency === 'social' && (role === 'officer' || role === 'supervisor'),
      ...(await signedIn(db, { role, regionCode, agency })),
    })),
  )
  let hits = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(someone(people), fc.constantFrom(...askers), fc.nat(5), async (one, who, way) => {
      const q = [one.name, one.nik, one.kk, `${one.name} ${one.birthDate}`, `${one.nik.slice(0, 6)}**${one.nik.slice(-4)}`, `${one.address} ${one.name}`][way] ?? '' // prettier-ignore
      const { status, body, text } = await search(who.cookie, q)
      if (!who.mayFind) {
        refused++
        assert.equal(status, 403)
        assert.ok(!text.includes(one.id))
        return
      }
      assert.equal(status, 200, text)
      for (const hit of body.hits) {
        hits++
        const village = people.find((other) => other.id === hit.personId)?.village ?? ''
        assert.ok(village.startsWith(who.regionCode), `${who.regionCode}: ${village}`)
      }
      const isMine = one.village.startsWith(who.regionCode)
      if (isMine && way !== 0 && way !== 2 && way !== 5)
        assert.ok(
          body.hits.some((hit) => hit.personId === one.id),
          q,
        )
    }),
    { numRuns: 90 },
  )
  assert.ok(hits > 15 && refused > 10, `${hits} hits, ${refused} refusals`)
})

test('a hit shows what tells people apart, and no more', async () => {
  const one = here.find((person) => person.name.split(' ').length === 2)
  assert.ok(one)
  const { body, text } = await search(district.cookie, `${one.name} ${one.birthDate}`)
  const hit = body.hits.find((each) => each.personId === one.id)
  assert.deepEqual(hit, {
    personId: one.id,
    familyId: one.familyId,
    name: one.name,
    nik: `${one.nik.slice(0, 6)}******${one.nik.slice(-4)}`,
    birthYear: one.birthDate.slice(0, 4),
    rt: one.rt,
    rw: one.rw,
    village: one.village === '32.75.01.1002' ? 'Margahayu' : 'Bekasijaya',
    head: people.find((person) => person.id === one.headId)?.name,
    status: 'active',
    isClose: false,
  })
  assert.equal(body.hits[0]?.personId, one.id)
  assert.ok(!text.includes(one.nik) && !text.includes(one.kk) && !text.includes(one.address))
  assert.deepEqual(
    body.understood.map((part) => part.kind),
    ['name', 'birth_date'],
  )
})

test('nobody browses: without substance nothing is found, pages end, and each search is written down without its words', async () => {
  for (const q of [' ', '*', 'a', '1985', 'rt 3 rw 5', '9001', '%', 'margahayu', '327501'.slice(0, 5)]) {
    const { status, body } = await search(district.cookie, q)
    assert.deepEqual([status, body.hits], [200, []], q)
    assert.ok(q === 'margahayu' || body.narrow.length > 0, q)
  }
  assert.equal((await search(district.cookie, 'siti', 6)).status, 400)
  assert.equal((await search(district.cookie, '')).status, 400)
  const [written] = await sql<{ act: string; detail: { kinds: string[]; question: string } }>(
    `select act, detail from audit_entry where act = 'search' and detail ->> 'found' <> '0' order by id desc limit 1`,
  )
  assert.ok(written && written.detail.question.length === 16)
  const all = JSON.stringify(await sql(`select * from audit_entry where act = 'search'`))
  for (const one of here.slice(0, 50)) assert.ok(!all.includes(one.nik) && !all.toLowerCase().includes(`"${one.name.toLowerCase()}`)) // prettier-ignore
})

test('an hour holds so many searches and no more', async () => {
  const { cookie } = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1001' })
  await sql(`insert into register_term values ('searches_an_hour', '2020-01-03', 3, 'count', 'test')`)
  try {
    for (let at = 0; at < 3; at++) assert.equal((await search(cookie, 'siti')).status, 200)
    assert.equal((await search(cookie, 'siti')).status, 429)
    assert.equal((await search(cookie, 'siti')).status, 429)
  } finally {
    await sql(`delete from register_term where key = 'searches_an_hour' and valid_from = '2020-01-03'`)
  }
})
