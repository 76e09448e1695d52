import { sql } from 'kysely'
import { readRule, type RuleDefinition } from '#src/programmes/rules/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import { fullTestDatabase, testServerUrl } from '#test/support/postgres.ts'
import type { Measured } from './finding.ts'
import { fillPeople } from './people.ts'

const AS_OF = '2026-12-31'
const named = (code: string) => ({ code, name: code, nameEn: code })
const person = (code: string, when: string, amount: string) => ({
  ...named(code),
  per: 'person' as const,
  when,
  amount,
})

/** Like PKH: decile, a component in the family, amounts by component, four persons at most. */
const rule: RuleDefinition = {
  conditions: [
    { ...named('decile'), cel: 'family.decile <= 4' },
    {
      ...named('component'),
      cel: `members.exists(m, has(m.pregnant) && m.pregnant || m.age <= 6 || m.age >= 60 || size(m.disabilities) > 0
        || m.schooling == 'attending' && m.schoolLevel in ['primary', 'junior', 'senior'])`,
    },
  ],
  components: [
    person('pregnant', 'has(m.pregnant) && m.pregnant', '750000'),
    person('small', 'm.age <= 6', '750000'),
    person('primary', "m.schooling == 'attending' && m.schoolLevel == 'primary'", '225000'),
    person('junior', "m.schooling == 'attending' && m.schoolLevel == 'junior'", '375000'),
    person('senior', "m.schooling == 'attending' && m.schoolLevel == 'senior'", '500000'),
    person('elderly', 'm.age >= 60', '600000'),
    person('disabled', 'size(m.disabilities) > 0', '600000'),
  ],
  limits: { persons: 4 },
  ranking: [],
}

/** The same written by hand, as well as we know how: one pass over the people, the four highest picked only where there are more. */
const byHand = `
with asked as (
  select p.family_id,
    coalesce(s.pregnant, false) or p.birth_date > date '2019-12-31' or p.birth_date <= date '1966-12-31' or coalesce(s.disabilities <> '{}', false)
      or p.schooling = 'attending' and p.school_level in ('primary', 'junior', 'senior') as applies,
    case when s.pregnant then 750000 else 0 end + case when p.birth_date > date '2019-12-31' then 750000 else 0 end
      + case when p.birth_date <= date '1966-12-31' then 600000 else 0 end + case when s.disabilities <> '{}' then 600000 else 0 end
      + case when p.schooling = 'attending' then case p.school_level when 'primary' then 225000 when 'junior' then 375000 when 'senior' then 500000 else 0 end else 0 end as amount
  from person p left join person_sealed s on s.person_id = p.id where p.status = 'active'),
added as (
  select family_id, bool_or(applies) as applies, bool_or(applies is null) as untold, sum(amount) as amount, count(*) filter (where amount > 0) as persons
  from asked group by family_id),
told as (
  select f.id as family_id, f.region_code, f.decile, a.amount, a.persons, coalesce(a.applies, false) as applies,
    coalesce(a.untold, false) and not coalesce(a.applies, false) as untold
  from family f left join added a on a.family_id = f.id where f.status = 'active')
select family_id, region_code,
  case when decile > 4 or not applies and not untold then 'out' when decile is null or untold then 'waiting' else 'in' end as outcome,
  case when decile > 4 then 1 else 0 end + case when not applies and not untold then 2 else 0 end as failed,
  case when decile is null then 1 else 0 end + case when untold then 2 else 0 end as missing,
  (case when decile <= 4 and applies then case when persons > 4 then (select sum(o.amount) from (
      select case when s.pregnant then 750000 else 0 end + case when p.birth_date > date '2019-12-31' then 750000 else 0 end
        + case when p.birth_date <= date '1966-12-31' then 600000 else 0 end + case when s.disabilities <> '{}' then 600000 else 0 end
        + case when p.schooling = 'attending' then case p.school_level when 'primary' then 225000 when 'junior' then 375000 when 'senior' then 500000 else 0 end else 0 end as amount
      from person p left join person_sealed s on s.person_id = p.id where p.status = 'active' and p.family_id = told.family_id
      order by 1 desc limit 4) o) else amount end else 0 end)::bigint as amount,
  (case when decile <= 4 and applies then least(persons, 4) else 0 end)::smallint as persons
from told`

type Totals = { families: number; eligible: number; out: number; failed: number; missing: number; amount: number; persons: number; places: number } // prettier-ignore

/** Time and totals of a statement; every column of every family is looked at. */
async function timed(db: Db, statement: string): Promise<{ ms: number; totals: Totals }> {
  return db.asSystem('bench', async (tx) => {
    await sql.raw(`set local work_mem = '256MB'`).execute(tx)
    const began = performance.now()
    const { rows } = await sql
      .raw<Totals>(
        `select count(*) as families, count(*) filter (where outcome = 'in') as eligible, count(*) filter (where outcome = 'out') as out,
          sum(failed)::bigint as failed, sum(missing)::bigint as missing, sum(amount)::bigint as amount, sum(persons)::bigint as persons,
          sum(length(region_code))::bigint as places from (${statement}) s where family_id is not null`,
      )
      .execute(tx)
    const [totals] = rows
    if (!totals) throw new Error('no totals')
    return { ms: performance.now() - began, totals }
  })
}

const middle = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0

/** The statement a rule becomes, over everybody, against the same by hand; in turn, the middle of `rounds`. */
export async function determinationBench(
  count: number,
  rounds: number,
  told: (line: string) => void,
): Promise<Measured[]> {
  const database = await fullTestDatabase({ max: 2 })
  await fillPeople(await testServerUrl('postgres', new URL(database.ownerUrl).pathname.slice(1)), count, told)
  // Of every twentieth something is known about health.
  await database.sql(`
    insert into person_sealed (person_id, family_id, region_code, disabilities, pregnant, valid_from, known_from)
    select id, family_id, region_code, case when right(id::text, 1) < '8' then '{physical}'::text[] else '{}' end,
      case when sex = 'female' and birth_date between '1980-01-01' and '2005-01-01' then right(id::text, 1) > '4' end, valid_from, known_from
    from person where hashtext(id::text) % 20 = 0`)
  // Of some it is not known how poor they are.
  await database.sql(`update family set decile = null where hashtext(id::text) % 50 = 0`)
  await database.sql('vacuum analyze person_sealed, family')
  const compiled = readRule(rule, []).select({ asOf: AS_OF, from: '00', to: '~', tables: 'now' })
  const statement = await database.db.asSystem('bench', async (tx) => compiled.compile(tx).sql)
  if (process.env['BENCH_EXPLAIN'])
    await database.db.asSystem('bench', async (tx) => {
      await sql.raw(`set local work_mem = '256MB'`).execute(tx)
      for (const one of [statement, byHand]) {
        const { rows } = await sql
          .raw<Record<string, string>>(`explain (analyze, buffers off, timing off) ${one}`)
          .execute(tx)
        told(rows.map((row) => Object.values(row)[0]).join('\n'))
      }
    })
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = -1; round < rounds; round++) {
    const one = await timed(database.db, statement)
    const other = await timed(database.db, byHand)
    if (JSON.stringify(one.totals) !== JSON.stringify(other.totals))
      throw new Error(`not the same: ${JSON.stringify([one.totals, other.totals])}`)
    if (round < 0) {
      const { families, eligible, out, amount } = one.totals
      told(
        `${families.toLocaleString('id')} families: ${eligible.toLocaleString('id')} in, ${out.toLocaleString('id')} out, Rp${amount.toLocaleString('id')}`,
      )
      continue
    }
    ours.push(one.ms)
    theirs.push(other.ms)
  }
  await database.drop()
  const ratio = middle(ours.map((ms, at) => ms / (theirs[at] ?? ms)))
  return [
    {
      what: `determination over ${count.toLocaleString('id')} people against SQL by hand`,
      measured: `${ratio.toFixed(2)} x (${(middle(ours) / 1000).toFixed(2)} s : ${(middle(theirs) / 1000).toFixed(2)} s)`,
      wanted: '≤ 1.1 x',
      ok: ratio <= 1.1,
    },
  ]
}
