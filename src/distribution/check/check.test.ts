import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { personKeys } from '#src/people/search-keys.ts'
import type { Db } from '#src/platform/db/index.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeDoor } from './door.ts'
import { gather } from './gather.ts'
import { lookByName, lookByNiks } from './look.ts'
import { ask, judge } from './question.ts'
import type { CheckedName, CheckedNik } from './schema.ts'

const VILLAGE = '32.75.01.1002'
let now = new Date('2026-11-22T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)

type Person = { id: string; familyId: string; nik: string }
let serial = 9000
async function person(name: string, village = VILLAGE): Promise<Person> {
  const [id, familyId, nik] = [randomUUID(), randomUUID(), `990101410190${++serial}`]
  await sql(`insert into family (id, region_code, status, valid_from, known_from, last_seq) values ($1, $2, 'active', '2026-01-01', now(), 1)`, [familyId, village]) // prettier-ignore
  await sql(
    `insert into person (id, family_id, region_code, nik, name, birth_date, status, search_keys, valid_from, known_from, last_seq)
     values ($1, $2, $3, $4, $5, '1990-01-01', 'active', $6, '2026-01-01', now(), 1)`,
    [id, familyId, village, nik, name, personKeys({ name, birthDate: '1990-01-01', regionCode: village })],
  )
  return { id, familyId, nik }
}
const list = randomUUID()
async function entitled(
  { familyId }: Person,
  programme: string,
  more: { state?: string; from?: string; to?: string } = {},
) {
  await sql(
    `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons, state)
     values ($1, $2, $3, $4, '2026-T4', $5, $6, 'X', 600000, 1, $7)`,
    [list, familyId, VILLAGE, programme, more.from ?? '2026-10-01', more.to ?? '2026-12-31', more.state ?? 'open'],
  )
}
const assisted = ({ familyId, id }: Person, programme: string, personId: string | null = null) =>
  sql(
    `insert into assistance (family_id, id, person_id, region_code, programme_code, period_from, source) values ($1, $2, $3, $4, $5, '2026-01-01', 'import')`,
    [familyId, randomUUID(), personId === 'self' ? id : personId, VILLAGE, programme],
  )

let widow: Person, waiting: Person, sealed: Person, former: Person, nobody: Person
before(async () => {
  const [version] = await sql<{ version: number }>(`select max(version) as version from programme_version where programme_code = 'SEMBAKO' and state = 'published'`) // prettier-ignore
  await sql(
    `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, state, made_by, made_role)
     values ($1, 'PEN-999999', 'SEMBAKO', $2, '2026-T4', '2026-10-01', '2026-12-31', '2026-09-30', now(), '32.75', 'made', $3, 'officer')`,
    [list, version?.version ?? 1, randomUUID()],
  )
  ;[widow, waiting, sealed, former, nobody] = [
    await person('Sumiati Wulandari'),
    await person('Darsono'),
    await person('Siti Noerhajati'),
    await person('Budi Santoso'),
    await person('Rahmat Hidayat'),
  ]
  await entitled(widow, 'SEMBAKO')
  await assisted(widow, 'PBI_JK', 'self')
  await assisted(widow, 'ATENSI')
  await assisted(sealed, 'ATENSI')
  await assisted(sealed, 'BIMBINGAN_ODGJ')
  // Of another member of the family.
  await assisted(nobody, 'PBI_JK', randomUUID())
  await entitled(nobody, 'PKH', { state: 'cancelled' })
  await entitled(former, 'PKH', { state: 'delivered', from: '2026-07-01', to: '2026-09-30' })
  await sql(`insert into determination_result (determination_id, family_id, region_code, outcome, reason) values ($1, $2, $3, 'waiting', 'quota')`, [list, waiting.familyId, VILLAGE]) // prettier-ignore
  await sql(`update determination set state = 'approved', decree_number = 'SK-1' where id = $1`, [list])
  const round = randomUUID()
  await sql(
    `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, opens_on, closes_on, state, made_by)
     values ($1, 'SAL-999999', $2, 'SEMBAKO', '2026-T4', 'Sembako', '32.75', 'community_point', '2026-11-23', '2026-12-05', 'invited', $3)`,
    [round, list, randomUUID()],
  )
  await sql(
    `insert into distribution_stop (id, round_id, region_code, way, place, address, starts_at, ends_at, made_by) values
      ($1, $3, $4, 'community_point', 'Balai RW 04', 'Jl. Melati 4', '2026-11-24T02:00Z', '2026-11-24T05:00Z', $3),
      ($2, $3, $4, 'community_point', 'Masa lalu', null, '2026-11-20T02:00Z', '2026-11-20T05:00Z', $3)`,
    [randomUUID(), randomUUID(), round, VILLAGE],
  )
  await sql(
    `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount) values ($1, $2, $3, $4, 'X', 600000)`,
    [round, widow.familyId, VILLAGE, list],
  )
})

let network = 0
const elsewhere = () => `198.51.${Math.floor(++network / 250)}.${1 + (network % 250)}`
const post = (path: string, payload: object, remoteAddress = elsewhere(), on = app) =>
  on.inject({ method: 'POST', url: `/api/check/${path}`, payload, remoteAddress })
const byNik = async (nik: string) => (await post('nik', { nik })).json<CheckedNik>()
const byName = async (name: string, regionCode = VILLAGE) =>
  (await post('name', { regionCode, name })).json<CheckedName>()

test('by NIK: what is received and may be shown, until when, whether it came, and where it is handed out next', async () => {
  const found = await byNik(widow.nik)
  assert.deepEqual(
    { name: found.name, village: found.village, timeZone: found.timeZone },
    { name: 'S*** W***', village: 'Margahayu', timeZone: 'Asia/Jakarta' },
  )
  assert.deepEqual(
    found.receives.map((one) => [one.code, one.standing, one.handed, one.from, one.to]),
    [
      ['PBI_JK', 'listed', null, '2026-01-01', null],
      ['SEMBAKO', 'listed', 'open', '2026-10-01', '2026-12-31'],
    ],
  )
  assert.deepEqual(found.receives[1]?.next, {
    place: 'Balai RW 04',
    address: 'Jl. Melati 4',
    way: 'community_point',
    startsAt: '2026-11-24T02:00:00.000Z',
    endsAt: '2026-11-24T05:00:00.000Z',
  })
  assert.deepEqual((await byNik(waiting.nik)).receives.map((one) => [one.code, one.standing]), [['SEMBAKO', 'waiting']]) // prettier-ignore
})

/** The database as a route sees it, with a note of each way it was asked. */
function noted(): { db: Db; asked: string[] } {
  const asked: string[] = []
  const handle = new Proxy(db, {
    get: (target, key: keyof Db) => {
      const value = target[key]
      if (typeof value !== 'function' || key === 'clock') return value
      return (...given: unknown[]) => {
        asked.push(`${key} ${typeof given[0] === 'string' ? given[0] : ''}`)
        return (value as (...all: unknown[]) => unknown)(...given)
      }
    },
  })
  return { db: handle, asked }
}

test('a number nobody has, somebody without assistance and somebody whose assistance is not shown: the same bytes, the same statement', async () => {
  const { db: handle, asked } = noted()
  const other = await testApp(handle)
  await post('nik', { nik: widow.nik }, elsewhere(), other)
  const seen: { body: string; headers: string; asked: string[] }[] = []
  for (const nik of ['9901014101909999', nobody.nik, sealed.nik, former.nik]) {
    asked.length = 0
    const res = await post('nik', { nik }, elsewhere(), other)
    assert.equal(res.statusCode, 200)
    const { date: _, ...headers } = res.headers
    seen.push({ body: res.body, headers: JSON.stringify(headers), asked: asked.filter((one) => !one.includes('count tries')) }) // prettier-ignore
  }
  assert.deepEqual(seen[0]?.asked, ['lookUp check_niks'])
  for (const one of seen) assert.deepEqual(one, seen[0])
  // They are there, and there would be something to say.
  const [{ count } = { count: 0 }] = await sql<{ count: number }>(`select count(*) from assistance where family_id = $1`, [sealed.familyId]) // prettier-ignore
  assert.equal(count, 2)
})

test('by name: as it is heard, in that village, masked, only who receives something that is shown', async () => {
  for (const typed of ['sumiati wulandari', 'SOEMIATI WOELANDARI', 'Wulandari Sumiati', 'Ny. Sumiati Wulandari'])
    assert.deepEqual((await byName(typed)).people.map((one) => [one.name, one.receives.length]), [['S*** W***', 2]], typed) // prettier-ignore
  assert.deepEqual(
    (await byName('Darsono')).people.map((one) => one.name),
    ['D***'],
  )
  for (const [typed, village] of [
    ['sumiati', VILLAGE],
    ['Sumiati Wulandari', '32.75.01.1001'],
    ['Siti Nurhayati', VILLAGE],
    ['Rahmat Hidayat', VILLAGE],
    ['Tidak Ada', VILLAGE],
    ['1234', VILLAGE],
  ] as const)
    assert.deepEqual((await byName(typed, village)).people, [], typed)
  // A village that does not exist answers as one where nobody is found.
  assert.deepEqual(await byName('Sumiati Wulandari', '32.75.01.9999'), { village: null, timeZone: null, people: [] })
  for (let at = 0; at < 8; at++) await entitled(await person('Dewi Lestari'), 'SEMBAKO')
  const many = await post('name', { regionCode: VILLAGE, name: 'dewi lestari' })
  assert.equal(many.json<CheckedName>().people.length, 5)
  assert.doesNotMatch(many.body, /Dewi|Lestari|99010141/)
})

test('by name: one name lists nobody but who has no other, however often and in however many spellings it is typed', async () => {
  const village = '32.75.01.1003'
  const names = ['Siti Aminah', 'Siti Wulandari', 'Hj. Siti', 'Nurhayati Sari', 'Nur Hayati', 'Abdurrahman', 'Abdul Rahman Wahid', 'Dewi Dewi'] // prettier-ignore
  for (const name of names) await entitled(await person(name, village), 'SEMBAKO')
  const found = async (typed: string) => (await byName(typed, village)).people.map((one) => one.name).toSorted()
  // Whoever has but this one word, a title not counted: not the other two.
  for (const typed of [
    'Siti Siti',
    'Siti',
    'St Siti',
    'Siti ST',
    'Sity Siti Sitti',
    'Siti Siti Siti Siti Siti Siti Siti',
    'Si Ti',
    'Hj. Siti, S.Pd.',
  ])
    // prettier-ignore
    assert.deepEqual(await found(typed), ['H*** S***'], typed)
  for (const [typed, names] of [
    ['Siti Aminah', ['S*** A***']],
    ['Aminah Siti Siti', ['S*** A***']],
    ['Nurhayati', []],
    ['Noerhajati Nurhayati', []],
    ['Nur Hayati', ['N*** H***']],
    ['Nur Hayati Sari', ['N*** S***']],
    ['Abdurrahman', ['A***']],
    ['Abd. Rahman', ['A***']],
    ['Abdurrahman Wahid', ['A*** R*** W***']],
    ['Dewi', []],
    ['Dewi Dewi', ['D*** D***']],
  ] as const)
    assert.deepEqual(await found(typed), names, typed)
})

test('whatever is made of one word of a name, it does not list who has another', async () => {
  const village = '32.75.01.1004'
  for (const name of ['Sri Lestari', 'Muhammad Iqbal', 'Nurhayati Dewi', 'Abdurrahman Saleh'])
    await entitled(await person(name, village), 'SEMBAKO')
  const rules = { ...(await makeDoor(db, app.secret).rules()), programmes: new Map([['SEMBAKO', 'Sembako']]) }
  const ways = ['w', 'w w', 'W', 'Ny. w', 'w, S.H.', 'bin', 'w bin', '-', 'ww']
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        'sri',
        'soeri',
        'muhammad',
        'moh.',
        'mhd',
        'nurhayati',
        'nur hayati',
        'abdurrahman',
        'abd. rahman',
      ),
      fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 5 }),
      async (word, as) => {
        const typed = as.map((way) => way.replaceAll(/w/gi, (sign) => (sign === 'W' ? word.toUpperCase() : word))).join(' ') // prettier-ignore
        assert.deepEqual((await lookByName(db, village, typed, rules)).people, [], typed)
      },
    ),
    { numRuns: 60 },
  )
  assert.equal((await lookByName(db, village, 'sri lestari', rules)).people.length, 1)
})

const question = async () => (await app.inject('/api/check/question')).json<{ token: string; question: string }>()
/** Answers by trying: the test knows as little as anybody. */
function answerTo(token: string): string {
  const words = [...Array.from({ length: 19 }, (_, at) => String(at)), 'senin', 'selasa', 'rabu', 'kamis', "jum'at", 'sabtu', 'ahad', 'kambing', 'ayam', 'kucing', 'sapi', 'kuda', 'bebek'] // prettier-ignore
  return words.find((word) => judge(app.secret, token, word, now).verdict === 'right') ?? ''
}

test('after a few tries each brings the answer to a question, which counts once and not for long', async () => {
  const here = '203.0.113.7'
  const nik = '9902014101909001'
  for (let at = 0; at < 5; at++) assert.equal((await post('nik', { nik }, here)).statusCode, 200)
  const refused = await post('nik', { nik: widow.nik }, here)
  assert.deepEqual([refused.statusCode, refused.json<{ code: string }>().code], [403, 'check_question'])
  assert.equal(
    (await post('name', { regionCode: VILLAGE, name: 'Darsono' }, here)).statusCode,
    403,
    'whatever is asked',
  )
  assert.equal((await post('nik', { nik }, '203.0.113.8')).statusCode, 200, 'others are not held up')

  const { token } = await question()
  const wrong = await post('nik', { nik, question: { token, answer: 'gajah' } }, here)
  assert.deepEqual([wrong.statusCode, wrong.json<{ errors: { field: string; code: string }[] }>().errors[0]?.code], [400, 'check_answer']) // prettier-ignore
  const answer = answerTo(token)
  assert.equal((await post('nik', { nik, question: { token, answer: ` ${answer.toUpperCase()}. ` } }, here)).statusCode, 200) // prettier-ignore
  const again = await post('nik', { nik, question: { token, answer } }, here)
  assert.equal(again.json<{ errors: { code: string }[] }>().errors[0]?.code, 'check_answer_late')
  for (const forged of ['', 'x'.repeat(39), `${token.slice(0, -4)}AAAA`])
    assert.equal((await post('nik', { nik, question: { token: forged, answer } }, here)).statusCode, 400)
  const late = await question()
  now = new Date(now.getTime() + 3_600_001)
  for (let at = 0; at < 5; at++) await post('nik', { nik }, here)
  const tooLate = await post('nik', { nik, question: { token: late.token, answer: answerTo(late.token) } }, here)
  assert.equal(tooLate.json<{ errors: { code: string }[] }>().errors[0]?.code, 'check_answer_late')
})

test('who asks while others are answered goes with the next, in order; one that fails takes only its own with it', async () => {
  const asked: number[][] = []
  const doors: (() => void)[] = []
  const look = gather(
    async (all: number[]) => {
      asked.push(all)
      await new Promise<void>((open) => doors.push(open))
      if (all.includes(13)) throw new Error('thirteen')
      return all.map((one) => one * 2)
    },
    { lanes: 2, crowd: 2, most: 3 },
  )
  const answers = Promise.allSettled([1, 2, 3, 4, 13, 6].map(look))
  // The first goes at once and alone; two that wait are a crowd, the others wait for a free lane.
  assert.deepEqual(asked, [[1], [2, 3]])
  for (let at = 0; at < 3; at++) {
    doors[at]?.()
    await new Promise(setImmediate)
  }
  assert.deepEqual(asked, [[1], [2, 3], [4, 13, 6]])
  assert.deepEqual(
    (await answers).map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason))),
    [2, 4, 6, 'Error: thirteen', 'Error: thirteen', 'Error: thirteen'],
  )
})

test('many asked about at once are answered each as alone', async () => {
  const rules = {
    ...(await makeDoor(db, app.secret).rules()),
    programmes: new Map([
      ['SEMBAKO', 'Sembako'],
      ['PBI_JK', 'PBI'],
    ]),
  }
  const twin = await person('Sumiati Wulandari')
  await sql('update person set nik = $1 where id = $2', [widow.nik, twin.id])
  const niks = [nobody.nik, widow.nik, '9901014101909999', waiting.nik, widow.nik, sealed.nik, former.nik]
  const together = await lookByNiks(db, niks, rules)
  assert.deepEqual(
    together.map((one) => one.receives.length),
    [0, 2, 0, 1, 2, 0, 0],
  )
  for (const [at, nik] of niks.entries()) assert.deepEqual(await lookByNiks(db, [nik], rules), [together[at]])
  await sql('update person set nik = null where id = $1', [twin.id])
})

test('questions are words in both languages, and either language answers', () => {
  const seen = new Set<string>()
  for (let at = 0; at < 200; at++) {
    const locale = at % 2 ? 'id' : 'en'
    const { token, question: asked } = ask(app.secret, locale, now, 1)
    assert.match(asked, /^[A-Z][a-z ,:]+\?$|^[A-Z][A-Za-z ,:]+\?$/)
    assert.notEqual(answerTo(token), '', asked)
    seen.add(asked)
  }
  assert.ok(seen.size > 60, `${seen.size} different questions`)
  const { token } = ask(app.secret, 'id', now, 1)
  assert.equal(judge(Buffer.alloc(32, 1), token, answerTo(token), now).verdict, 'wrong', 'of another installation')
})

test('a row of data decides what is shown', async () => {
  const shown = async () => (await post('nik', { nik: sealed.nik }, elsewhere(), await testApp(db))).json<CheckedNik>().receives.length // prettier-ignore
  assert.equal(await shown(), 0)
  await sql(`insert into check_programme values ('ATENSI', '2026-11-22', true, 'test')`)
  assert.equal(await shown(), 1)
})

test('a kecamatan everybody asks about asks back; a network that asks without end is refused', async () => {
  await sql(
    `insert into public_limit values ('check_area', '2026-11-22', 8, 3600), ('check_network', '2026-11-22', 12, 3600)`,
  )
  const tight = await testApp(db)
  const nik = '9977014101909001'
  const codes: number[] = []
  for (let at = 0; at < 10; at++) codes.push((await post('nik', { nik }, elsewhere(), tight)).statusCode)
  assert.deepEqual(codes, [200, 200, 200, 200, 200, 200, 200, 200, 403, 403])
  assert.equal((await post('nik', { nik: '9976014101909001' }, elsewhere(), tight)).statusCode, 200)
  const one = elsewhere()
  for (let at = 0; at < 12; at++) await post('nik', { nik: `99${at + 10}014101909001` }, one, tight)
  const refused = await post('nik', { nik }, one, tight)
  assert.equal(refused.statusCode, 429)
  assert.ok(Number(refused.headers['retry-after']) > 0)
})

test('nobody without the door gets at it: citizens’ transactions may not call the functions, and without them the rows are not there', async () => {
  assert.deepEqual(await db.asPublic((tx) => tx.selectFrom('person').select('id').execute()), [])
  const [may] = await sql<{ citizen: boolean; app: boolean }>(
    `select has_function_privilege('pilar_citizen', 'check_niks(text[], text[], timestamptz, integer)', 'execute') as citizen,
       has_function_privilege('pilar_app', 'check_received(uuid[], uuid[], text[], date, date, timestamptz)', 'execute') as app`,
  )
  assert.deepEqual(may, { citizen: false, app: false })
  await assert.rejects(db.lookUp('check_nik(); drop table person; --', []), /no name/)
})
