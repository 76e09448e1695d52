import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { familyKeys, personKeys } from '#src/people/search-keys.ts'
import { dice, personName, streets } from '#test/support/indonesian-names.ts'

/** Millions of people in each province, so that a kecamatan of Java is as full as it is beside one of Papua. */
const millions: Readonly<Record<string, number>> = {
  '11': 5.5, '12': 15.6, '13': 5.8, '14': 6.7, '15': 3.7, '16': 8.8, '17': 2.1, '18': 9.3, '19': 1.5, '21': 2.2,
  '31': 10.7, '32': 50, '33': 37.9, '34': 3.8, '35': 41.8, '36': 12.4, '51': 4.4, '52': 5.6, '53': 5.6,
  '61': 5.7, '62': 2.8, '63': 4.3, '64': 4, '65': 0.7, '71': 2.7, '72': 3.1, '73': 9.4, '74': 2.8, '75': 1.2, '76': 1.5,
  '81': 1.9, '82': 1.4, '91': 1.1, '92': 0.6, '93': 0.5, '94': 1.4, '95': 1.5, '96': 0.6,
} // prettier-ignore

/** As if the register had been filled by so many imports: what lives together does not lie together. */
const ROUNDS = 8
const familyColumns =
  'id, region_code, kk_number, head_id, address, rt, rw, decile, status, member_count, search_keys, valid_from, known_from, last_seq'
const personColumns =
  'id, family_id, region_code, nik, name, birth_date, sex, relationship, schooling, school_level, status, search_keys, valid_from, known_from, last_seq'
const KNOWN = '2026-07-01 00:00:00+00'

/**
 * Puts `count` plausible people into a migrated database, in families of one to seven, by COPY past triggers and foreign keys, and
 * makes the indexes again afterwards. Only what is true now (family, person), no history. For benchmarks only: ten million take
 * some minutes on two cores. Numbers are of real kecamatan with serials from 9000 on, which nobody has.
 */
export async function fillPeople(superUrl: string, count: number, told: (line: string) => void): Promise<void> {
  const [main, other] = [new pg.Client({ connectionString: superUrl }), new pg.Client({ connectionString: superUrl })]
  await Promise.all([main.connect(), other.connect()])
  const began = performance.now()
  const since = () => `${((performance.now() - began) / 1000).toFixed(0)} s`
  try {
    for (const client of [main, other])
      await client.query(
        `set session_replication_role = replica; set maintenance_work_mem = '1GB'; set max_parallel_maintenance_workers = 2`,
      )
    const { rows } = await main.query<{ code: string; kind: string }>(
      `select code, kind from region where tier = 'village' order by code`,
    )
    const { rows: indexes } = await main.query<{ name: string; definition: string }>(`
      select indexrelid::regclass::text name, pg_get_indexdef(indexrelid) definition from pg_index
      where indrelid in ('person'::regclass, 'family'::regclass) and not indisprimary`)
    for (const { name } of indexes) await main.query(`drop index ${name}`)
    await main.query('alter table person drop constraint person_pkey; alter table family drop constraint family_pkey')
    const people = main.query(copyFrom(`copy person (${personColumns}) from stdin`))
    const families = other.query(copyFrom(`copy family (${familyColumns}) from stdin`))
    await write(rows, count, people, families)
    people.end()
    families.end()
    await Promise.all([finished(people), finished(families)])
    told(`${count.toLocaleString('id')} people copied after ${since()}`)
    await main.query('alter table person add primary key (id); alter table family add primary key (id)')
    for (const { definition } of indexes) await main.query(definition)
    told(`indexed after ${since()}`)
    await main.query('vacuum (analyze, parallel 0) person')
    await main.query('vacuum (analyze, parallel 0) family')
    told(`ready after ${since()}`)
  } finally {
    await Promise.all([main.end(), other.end()])
  }
}

async function write(
  villages: readonly { code: string; kind: string }[],
  count: number,
  people: Writable,
  families: Writable,
): Promise<void> {
  const roll = dice(17)
  const weights = villages.map(
    ({ code, kind }) => (millions[code.slice(0, 2)] ?? 1) * (kind === 'kelurahan' ? 3 : 1) * (0.4 + 1.2 * roll()),
  )
  const perProvince = new Map<string, number>()
  for (const [at, { code }] of villages.entries())
    perProvince.set(code.slice(0, 2), (perProvince.get(code.slice(0, 2)) ?? 0) + (weights[at] ?? 0))
  const all = Object.values(millions).reduce((sum, one) => sum + one, 0)
  // The people of each database are numbered from one, so that whoever measures can pick some.
  persons = 0
  let made = 0
  let family = 0
  let owed = 0
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, { code }] of villages.entries()) {
      const province = code.slice(0, 2)
      const share = ((millions[province] ?? 0) / all) * ((weights[at] ?? 0) / (perProvince.get(province) ?? 1))
      owed += (share * count) / ROUNDS
      let personLines = ''
      let familyLines = ''
      while (owed >= 1 && made < count) {
        const one = aFamily(roll, code, ++family, Math.min(sizeOf(roll()), count - made))
        personLines += one.people
        familyLines += one.family
        made += one.size
        owed -= one.size
      }
      if (personLines !== '' && !people.write(personLines)) await once(people, 'drain')
      if (familyLines !== '' && !families.write(familyLines)) await once(families, 'drain')
    }
}

const sizeOf = (roll: number): number => [1, 2, 3, 4, 5, 6, 7][Math.floor(roll ** 1.1 * 5.6)] ?? 7
const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
const uuid = (kind: string, at: number): string => `${kind}0000000-0000-7000-8000-${at.toString(16).padStart(12, '0')}`
let persons = 0
/** Schooling and level, as they stand in a line of COPY. */
const schoolOf = (birthYear: number): string => {
  const age = 2026 - birthYear
  if (age < 7 || age > 18) return age < 7 ? 'none\t\\N' : 'finished\t\\N'
  return `attending\t${age < 13 ? 'primary' : age < 16 ? 'junior' : 'senior'}`
}

function aFamily(roll: () => number, village: string, at: number, size: number) {
  const id = uuid('f', at)
  const street = streets[Math.floor(roll() * streets.length)] ?? ''
  const address = roll() < 0.5 ? `Jl. ${street} No. ${1 + Math.floor(roll() * 120)}` : `Kampung ${street}`
  const rt = String(1 + Math.floor(roll() * 12)).padStart(3, '0')
  const rw = String(1 + Math.floor(roll() * 16)).padStart(3, '0')
  const place = village.slice(0, 2) + village.slice(3, 5) + village.slice(6, 8)
  const headId = uuid('a', persons + 1)
  const headYear = 1940 + Math.floor(roll() * 55)
  let people = ''
  for (let member = 0; member < size; member++) {
    const personId = uuid('a', ++persons)
    const female = member === 0 ? roll() < 0.18 : member === 1 ? roll() < 0.95 : roll() < 0.49
    const birthYear = Math.min(2026, member < 2 ? headYear + member * 3 : headYear + 22 + Math.floor(roll() * 18))
    const month = two(1 + Math.floor(roll() * 12))
    const day = 1 + Math.floor(roll() * 28)
    const birthDate = `${birthYear}-${month}-${two(day)}`
    const name = personName(roll, { female, birthYear })
    const nik = `${place}${two(day + (female ? 40 : 0))}${month}${two(birthYear % 100)}${9000 + (persons % 1000)}`
    const relation = member === 0 ? 'head' : member === 1 ? 'spouse' : 'child'
    const keys = personKeys({ name, birthDate, regionCode: village }).join(',')
    people += `${personId}\t${id}\t${village}\t${nik}\t${name}\t${birthDate}\t${female ? 'female' : 'male'}\t${relation}\t${schoolOf(birthYear)}\tactive\t{${keys}}\t2026-07-01\t${KNOWN}\t1\n`
  }
  const kk = `${place}${two(1 + (at % 28))}${two(1 + (at % 12))}${two(5 + (at % 20))}${9000 + (at % 1000)}`
  const keys = familyKeys({ address, rt, rw, regionCode: village }).join(',')
  const family = `${id}\t${village}\t${kk}\t${headId}\t${address}\t${rt}\t${rw}\t${1 + (at % 5)}\tactive\t${size}\t{${keys}}\t2026-07-01\t${KNOWN}\t1\n`
  return { people, family, size }
}
