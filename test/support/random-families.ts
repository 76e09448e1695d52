import type { FamilyFacts, MemberFacts } from '#src/programmes/rules/index.ts'
import { dice } from '#test/support/indonesian-names.ts'

type Sql = (text: string, values?: unknown[]) => Promise<unknown>

/**
 * Puts `count` random families into the register of one village, everything absent somewhere, answers of former forms among them,
 * people who died or moved out still in them; gives the facts a rule should see of each on `asOf`.
 */
export async function randomFamilies(
  sql: Sql,
  count: number,
  region: string,
  asOf: string,
): Promise<Map<string, FamilyFacts>> {
  const roll = dice(11)
  const chance = (share: number) => roll() < share
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T
  const maybe = <T>(list: readonly T[], share = 0.75): T | null => (chance(share) ? pick(list) : null)
  const some = <T>(list: readonly T[], share = 0.2): T[] => list.filter(() => chance(share))
  const day = (from: number, to: number) =>
    new Date(Date.UTC(from + Math.floor(roll() * (to - from)), Math.floor(roll() * 12), 1 + Math.floor(roll() * 31)))
      .toISOString()
      .slice(0, 10)
  // Many on the day they grow a year older, and the day after it.
  const birthday = () => `${2026 - pick([0, 1, 7, 18, 60, 70])}-${pick(['11-22', '11-23', '11-22', '12-01'])}`
  const births = () => pick([day(1930, 2026), day(2005, 2026), '2004-02-29', birthday(), birthday(), birthday()])
  const answers = (given: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(given).filter(() => chance(0.75)))
  const families: object[] = []
  const persons: object[] = []
  const sealed: object[] = []
  const assistance: object[] = []
  const facts = new Map<string, FamilyFacts>()
  const id = (kind: string, number: number) => `${kind}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`
  const held = { region_code: region, valid_from: '2026-01-01', known_from: '2026-01-01T00:00:00Z', last_seq: 1, version: 1, search_keys: '{}', changed_at: '2026-01-01T00:00:00Z' } // prettier-ignore

  for (let at = 1; at <= count; at++) {
    const familyId = id('f', at)
    const size = pick([0, 1, 1, 2, 3, 4, 5, 6, 7])
    const ids = Array.from({ length: size }, (_, member) => id(pick(['a', 'b', 'c']), at * 100 + member))
    const family = {
      decile: maybe([1, 2, 3, 4, 5, 9, 10]),
      decile_source: maybe(['BPS', region, "Kota 'X'"]),
      decile_period: maybe(['2026-Q3']),
      checked_on: maybe([day(2024, 2026), '2026-11-22', '2024-02-29']),
      status: chance(0.93) ? 'active' : 'graduated',
      head_id: maybe(ids) ?? null,
      payee_id: maybe(ids, 0.4) ?? null,
      answers: answers({
        floor: pick(['earth', 'cement', 'ceramic', 7, null]),
        floorArea: pick([9, 30, 2000, 2001, '36', 12.5]),
        electricity: pick(['none', '450', 450]),
        assets: pick([[], ['car'], ['gold', 'goats'], 'car', ['gold', 3], null]),
        monthlySpending: pick([0, 600_000, 1_000_000_000, -1, true]),
      }),
    }
    families.push({ id: familyId, ...family, ...held, member_count: size, child_count: 0 })
    const members: MemberFacts[] = []
    for (const personId of ids) {
      const person = {
        birth_date: maybe([births()], 0.85),
        sex: maybe(['female', 'male'], 0.9),
        relationship: maybe(['head', 'spouse', 'child', 'parent'], 0.8),
        marital_status: maybe(['single', 'married', 'widowed']),
        schooling: maybe(['none', 'attending', 'left']),
        school_level: maybe(['primary', 'junior', 'senior']),
        work: maybe(['petani', 'é😀', '']),
        ppks: some([1, 5, 7, 26]),
        answers: answers({
          canRead: pick([true, false, 'ya']),
          highestDiploma: pick(['none', 'sd', 'sma']),
          workStatus: pick(['self', 'casual', 'none']),
          monthlyIncome: pick([0, 1_500_000, 2.5, 'banyak']),
        }),
        status: chance(0.9) ? 'active' : pick(['dead', 'moved_out']),
      }
      persons.push({ id: personId, family_id: familyId, name: 'Warga Rekaan', ...person, ...held })
      const health = chance(0.6)
        ? {
            disabilities: some(['physical', 'mental', 'visual']),
            pregnant: maybe([true, false], 0.5),
            chronic_illnesses: some(['asma', 'gula']),
            ppks: some([16, 25]),
            answers: answers({
              nutrition: pick(['good', 'stunted']),
              aid: pick([[], ['cane'], ['cane', 'glasses'], {}]),
            }),
          }
        : undefined
      if (health) sealed.push({ person_id: personId, family_id: familyId, ...health, region_code: region, valid_from: '2026-01-01', known_from: held.known_from }) // prettier-ignore
      if (person.status !== 'active') continue
      members.push(
        known({
          id: personId,
          birthDate: person.birth_date,
          sex: person.sex,
          relationship: person.relationship,
          maritalStatus: person.marital_status,
          schooling: person.schooling,
          schoolLevel: person.school_level,
          work: person.work,
          ppks: [...person.ppks, ...(health?.ppks ?? [])],
          disabilities: health?.disabilities ?? [],
          pregnant: health?.pregnant ?? null,
          chronicIllnesses: health?.chronic_illnesses ?? [],
          answers: person.answers,
          health: health?.answers ?? {},
          isHead: family.head_id === personId,
          isPayee: family.payee_id === personId,
        }) as MemberFacts,
      )
    }
    const programmes = new Set<string>()
    for (let one = 0; one < pick([0, 0, 1, 2, 3]); one++) {
      const row = {
        programme_code: pick(['PKH', 'BST', 'SEMBAKO']),
        period_from: day(2025, 2027),
        period_to: maybe([day(2027, 2028)], 0.5),
      }
      const mine = {
        family_id: familyId,
        id: id('d', at * 10 + one),
        region_code: region,
        source: 'import',
        known_from: held.known_from,
      }
      assistance.push({ ...mine, ...row })
      if (row.period_from <= asOf && (row.period_to === null || row.period_to >= asOf))
        programmes.add(row.programme_code)
    }
    facts.set(familyId, {
      family: known({
        decile: family.decile,
        decileSource: family.decile_source,
        decilePeriod: family.decile_period,
        region,
        status: family.status,
        checkedOn: family.checked_on,
        programmes: [...programmes],
        answers: family.answers,
      }) as FamilyFacts['family'],
      members,
    })
  }
  const load = (table: string, rows: object[]) =>
    sql(
      `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb) on conflict do nothing`,
      [JSON.stringify(rows)],
    )
  await load('family', families)
  await load('person', persons)
  await load('person_sealed', sealed)
  await load('assistance', assistance)
  return facts
}

const known = (given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))
