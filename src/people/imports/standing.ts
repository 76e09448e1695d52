import { sql } from 'kysely'
import { isWithin, type Tx } from '#src/platform/db/index.ts'
import type { PersonState, SealedState } from '../register/change.ts'
import type { Unit } from './batches.ts'
import type { Told } from './told.ts'

export type KnownFamily = {
  id: string
  key: string | null
  regionCode: string
  kkNumber: string | null
  headId: string | null
  address: string | null
  rt: string | null
  rw: string | null
  decile: number | null
  decilePeriod: string | null
  status: string
  validFrom: string
}
export type KnownPerson = {
  id: string
  key: string | null
  familyId: string | null
  regionCode: string
  status: string
  validFrom: string
  state: { [Field in keyof PersonState]?: string | null }
  disabilities: SealedState['disabilities']
  pregnant: boolean | null
}

/** What the register holds of the families and people of a batch. */
export type Standing = {
  family: (unit: Unit) => KnownFamily | undefined
  /** the one this row speaks of; `taken`: who is spoken of by another row already */
  person: (row: Told, familyId: string, taken: ReadonlySet<string>) => KnownPerson | undefined
  personByKey: (key: string) => KnownPerson | undefined
  hasNik: (nik: string) => boolean
  receives: (familyId: string, code: string, from: string | null, personId: string | null) => boolean
}

type Assistance = {
  family_id: string
  person_id: string | null
  programme_code: string
  period_from: string
  period_to: string | null
}

/**
 * Looks the batch up, in five queries. `tx` is the system's: a family of another region must be known to be refused, and a
 * difference in what is sealed be found without showing it to whoever loads the file.
 */
export async function readStanding(tx: Tx, units: readonly Unit[], regionCode: string): Promise<Standing> {
  const rows = units.flatMap((unit) => unit.rows)
  const kks = [...new Set(rows.flatMap((row) => row.kk ?? []))]
  const niks = [...new Set(rows.flatMap((row) => row.person.nik ?? []))]
  const personKeys = rows.flatMap((row) => row.person.key ?? [])
  const { rows: families } = await sql<KnownFamily>`
    select id, external_key as key, region_code as "regionCode", kk_number as "kkNumber", head_id as "headId", address, rt, rw, decile,
      decile_period as "decilePeriod", status, valid_from as "validFrom"
    from family where external_key = any (${units.map((unit) => unit.key)}::text[])
    union
    select id, external_key, region_code, kk_number, head_id, address, rt, rw, decile, decile_period, status, valid_from
    from family where kk_number = any (${kks}::text[]) and status <> 'merged'
    order by id`.execute(tx)
  const familyIds = families.map((one) => one.id)
  const persons = new Map<string, KnownPerson>()
  const members = new Map<string, KnownPerson[]>()
  const byKey = new Map<string, KnownPerson>()
  for (const person of [
    ...(familyIds.length > 0
      ? await readPersons(tx, sql`p.family_id = any (${familyIds}::uuid[]) and p.status <> 'merged'`)
      : []),
    ...(personKeys.length > 0 ? await readPersons(tx, sql`p.external_key = any (${personKeys}::text[])`) : []),
  ]) {
    if (persons.has(person.id)) continue
    persons.set(person.id, person)
    if (person.key) byKey.set(person.key, person)
    if (person.familyId) members.set(person.familyId, [...(members.get(person.familyId) ?? []), person])
  }
  const { rows: taken } = await sql<{ nik: string }>`
    select distinct nik from person where nik = any (${niks}::text[]) and status <> 'merged'`.execute(tx)
  const numbers = new Set(taken.map((one) => one.nik))
  const { rows: given } =
    familyIds.length > 0
      ? await sql<Assistance>`select family_id, person_id, programme_code, period_from, period_to from assistance
        where family_id = any (${familyIds}::uuid[])`.execute(tx)
      : { rows: [] }
  const receiving = new Set(
    given.flatMap((one) => {
      const key = `${one.family_id}|${one.programme_code}|${one.person_id ?? ''}|`
      return one.period_to === null ? [key, key + one.period_from] : [key + one.period_from]
    }),
  )

  const familyByKey = new Map<string, KnownFamily>()
  const familyByKk = new Map<string, KnownFamily>()
  for (const one of families) {
    if (one.key) familyByKey.set(one.key, one)
    const same = one.kkNumber ? familyByKk.get(one.kkNumber) : undefined
    // Of two with one number, the one that is here and active.
    if (one.kkNumber && (!same || rank(one, regionCode) > rank(same, regionCode))) familyByKk.set(one.kkNumber, one)
  }
  return {
    family: (unit) => {
      const own = familyByKey.get(unit.key)
      if (own) return own
      const kk = unit.rows.find((row) => row.kk)?.kk
      const found = kk ? familyByKk.get(kk) : undefined
      // Another key of the same system is another family, whatever its number says.
      return found && unit.key.startsWith('keluarga:') && found.key?.startsWith('keluarga:') ? undefined : found
    },
    person: (row, familyId, used) => {
      const { key, nik, name, birthDate } = row.person
      const own = key ? byKey.get(key) : undefined
      if (own) return used.has(own.id) ? undefined : own
      const here = (members.get(familyId) ?? []).filter((one) => !used.has(one.id) && !(key && one.key))
      return (
        (nik ? here.find((one) => one.state.nik === nik) : undefined) ??
        here.find(
          (one) =>
            (nik === null || !one.state.nik) &&
            one.state.name?.toUpperCase() === name.toUpperCase() &&
            (one.state.birthDate ?? null) === birthDate,
        )
      )
    },
    personByKey: (key) => byKey.get(key),
    hasNik: (nik) => numbers.has(nik),
    receives: (familyId, code, from, personId) => receiving.has(`${familyId}|${code}|${personId ?? ''}|${from ?? ''}`),
  }
}

const rank = (family: KnownFamily, regionCode: string) =>
  (isWithin(family.regionCode, regionCode) ? 2 : 0) + (family.status === 'active' ? 1 : 0)

type PersonRow = Omit<KnownPerson, 'state' | 'disabilities'> & {
  state: KnownPerson['state']
  disabilities: KnownPerson['disabilities'] | null
}

async function readPersons(tx: Tx, where: ReturnType<typeof sql>): Promise<KnownPerson[]> {
  const { rows } = await sql<PersonRow>`
    select p.id, p.external_key as key, p.family_id as "familyId", p.region_code as "regionCode", p.status, p.valid_from as "validFrom",
      jsonb_build_object('nik', nik, 'name', name, 'birthDate', birth_date, 'birthPlace', birth_place, 'sex', sex,
        'relationship', relationship, 'motherName', mother_name, 'maritalStatus', marital_status, 'schooling', schooling,
        'work', work) as state,
      s.disabilities, s.pregnant
    from person p left join person_sealed s on s.person_id = p.id
    where ${where} order by p.id`.execute(tx)
  return rows.map((row) => ({ ...row, disabilities: row.disabilities ?? [] }))
}
