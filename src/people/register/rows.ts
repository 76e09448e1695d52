import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { familyKeys, personKeys } from '../search-keys.ts'
import { currentOf, type Fields, instantOf, type Version } from './fold.ts'
import type { Subject, WorkingSet } from './working-set.ts'

/*
 * Versions as rows. What stands now goes into family, person, person_sealed, the rest into *_past; only what differs from what was
 * stored is written, in one statement for each table whatever the number of subjects.
 */

type Row = Record<string, unknown>
const json = (rows: readonly Row[]) => JSON.stringify(rows)

export async function writeVersions(tx: Tx, set: WorkingSet): Promise<void> {
  const changed = [...set.subjects.values()].filter((one) => one.now !== one.stored && one.events.length > 0)
  await writeFamilies(
    tx,
    changed.filter((one) => one.subject === 'family'),
  )
  const persons = changed.filter((one) => one.subject === 'person')
  await writePersons(tx, persons)
  await writeSealed(tx, persons)
  await countMembers(tx, changed)
}

/** Events that wait count on the number of the next one, nothing else. */
export async function writeLastNumbers(tx: Tx, subjects: readonly Subject[]): Promise<void> {
  const rows = json(subjects.map((one) => ({ id: one.id, last_seq: one.lastSeq })))
  for (const table of ['family', 'person'] as const)
    await sql`update ${sql.table(table)} t set last_seq = r.last_seq
      from jsonb_to_recordset(${rows}::jsonb) as r (id uuid, last_seq integer) where t.id = r.id`.execute(tx)
}

const nowOf = (one: Subject): Row => {
  const version = currentOf(one.now.open)
  return {
    ...columns(version?.state ?? {}),
    id: one.id,
    valid_from: version?.validFrom,
    known_from: instantOf(version?.knownFrom ?? 0),
    last_seq: one.lastSeq,
  }
}

/** kkNumber → kk_number */
const columns = (state: Fields): Row =>
  Object.fromEntries(
    Object.entries(state).map(([field, value]) => [
      field.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`),
      value,
    ]),
  )

const word = (state: Fields, field: string) => (typeof state[field] === 'string' ? (state[field] as string) : null)

const boundsOf = (one: Version) => `${one.validFrom} ${one.validTo} ${one.knownFrom} ${one.knownTo}`

/** Versions that were not stored like this: new ones that are past, and those that ended or are not believed any more. */
function pastOf(one: Subject, stored: readonly Version[], now: readonly Version[]) {
  const known = new Set(stored.map(boundsOf))
  const standing = currentOf(now)
  return now
    .filter((version) => version !== standing && !known.has(boundsOf(version)))
    .map((version) => ({
      id: one.id,
      valid_from: version.validFrom,
      valid_to: version.validTo ?? 'infinity',
      known_from: instantOf(version.knownFrom),
      known_to: version.knownTo === null ? 'infinity' : instantOf(version.knownTo),
      family_id: word(version.state, 'familyId'),
      region_code: word(version.state, 'regionCode'),
      state: version.state,
    }))
}

async function writeFamilies(tx: Tx, families: readonly Subject[]): Promise<void> {
  if (families.length === 0) return
  const rows = families.map((one) => {
    const state = currentOf(one.now.open)?.state ?? {}
    const where = { address: word(state, 'address'), rt: word(state, 'rt'), rw: word(state, 'rw') }
    return { ...nowOf(one), search_keys: familyKeys({ ...where, regionCode: word(state, 'regionCode') ?? '' }) }
  })
  await sql`
    insert into family (id, region_code, kk_number, head_id, payee_id, address, rt, rw, decile, decile_source, decile_period, answers, status,
      checked_on, search_keys, valid_from, known_from, last_seq)
    select id, region_code, kk_number, head_id, payee_id, address, rt, rw, decile, decile_source, decile_period, answers, status,
      checked_on, search_keys, valid_from, known_from, last_seq
    from jsonb_populate_recordset(null::family, ${json(rows)}::jsonb)
    on conflict (id) do update set region_code = excluded.region_code, kk_number = excluded.kk_number, head_id = excluded.head_id,
      payee_id = excluded.payee_id, address = excluded.address, rt = excluded.rt, rw = excluded.rw, decile = excluded.decile,
      decile_source = excluded.decile_source, decile_period = excluded.decile_period, answers = excluded.answers,
      status = excluded.status, checked_on = excluded.checked_on, search_keys = excluded.search_keys,
      valid_from = excluded.valid_from, known_from = excluded.known_from, last_seq = excluded.last_seq,
      version = family.version + 1, changed_at = acting_now()`.execute(tx)
  const past = families.flatMap((one) => pastOf(one, one.stored.open, one.now.open))
  await sql`
    insert into family_past (family_id, valid_from, valid_to, known_from, known_to, region_code, state)
    select id, valid_from, valid_to, known_from, known_to, region_code, state
    from jsonb_to_recordset(${json(past)}::jsonb) as r (id uuid, valid_from date, valid_to date, known_from timestamptz,
      known_to timestamptz, region_code text, state jsonb)
    on conflict (family_id, valid_from, known_from) do update set known_to = excluded.known_to`.execute(tx)
}

async function writePersons(tx: Tx, persons: readonly Subject[]): Promise<void> {
  if (persons.length === 0) return
  const rows = persons.map((one) => {
    const state = currentOf(one.now.open)?.state ?? {}
    const keys = { name: word(state, 'name') ?? '', birthDate: word(state, 'birthDate') }
    return { ...nowOf(one), search_keys: personKeys({ ...keys, regionCode: word(state, 'regionCode') ?? '' }) }
  })
  await sql`
    insert into person (id, family_id, region_code, nik, name, birth_date, birth_place, sex, relationship, mother_name, marital_status,
      schooling, school_level, work, ppks, answers, status, died_on, merged_into, search_keys, valid_from, known_from, last_seq)
    select id, family_id, region_code, nik, name, birth_date, birth_place, sex, relationship, mother_name, marital_status,
      schooling, school_level, work, ppks, answers, status, died_on, merged_into, search_keys, valid_from, known_from, last_seq
    from jsonb_populate_recordset(null::person, ${json(rows)}::jsonb)
    on conflict (id) do update set family_id = excluded.family_id, region_code = excluded.region_code, nik = excluded.nik,
      name = excluded.name, birth_date = excluded.birth_date, birth_place = excluded.birth_place, sex = excluded.sex,
      relationship = excluded.relationship, mother_name = excluded.mother_name, marital_status = excluded.marital_status,
      schooling = excluded.schooling, school_level = excluded.school_level, work = excluded.work, ppks = excluded.ppks,
      answers = excluded.answers, status = excluded.status, died_on = excluded.died_on, merged_into = excluded.merged_into,
      search_keys = excluded.search_keys, valid_from = excluded.valid_from, known_from = excluded.known_from,
      last_seq = excluded.last_seq, version = person.version + 1, changed_at = acting_now()`.execute(tx)
  const past = persons.flatMap((one) => pastOf(one, one.stored.open, one.now.open))
  await sql`
    insert into person_past (person_id, valid_from, valid_to, known_from, known_to, family_id, region_code, state)
    select id, valid_from, valid_to, known_from, known_to, family_id, region_code, state
    from jsonb_to_recordset(${json(past)}::jsonb) as r (id uuid, valid_from date, valid_to date, known_from timestamptz,
      known_to timestamptz, family_id uuid, region_code text, state jsonb)
    on conflict (person_id, valid_from, known_from) do update set known_to = excluded.known_to`.execute(tx)
}

async function writeSealed(tx: Tx, persons: readonly Subject[]): Promise<void> {
  const concerned = persons.filter((one) => one.now.sealed.length > 0)
  if (concerned.length === 0) return
  const standing = concerned.flatMap((one) => {
    const version = currentOf(one.now.sealed)
    if (!version) return []
    const { state, ...where } = version.state
    const known = { valid_from: version.validFrom, known_from: instantOf(version.knownFrom) }
    return [{ ...columns(state as Fields), ...columns(where), ...known, person_id: one.id }]
  })
  const gone = concerned.filter((one) => !currentOf(one.now.sealed)).map((one) => one.id)
  if (gone.length > 0) await sql`delete from person_sealed where person_id = any (${gone})`.execute(tx)
  await sql`
    insert into person_sealed (person_id, family_id, region_code, disabilities, pregnant, due_month, chronic_illnesses, ppks, answers,
      valid_from, known_from)
    select person_id, family_id, region_code, disabilities, pregnant, due_month, chronic_illnesses, ppks, answers, valid_from, known_from
    from jsonb_populate_recordset(null::person_sealed, ${json(standing)}::jsonb)
    on conflict (person_id) do update set family_id = excluded.family_id, region_code = excluded.region_code,
      disabilities = excluded.disabilities, pregnant = excluded.pregnant, due_month = excluded.due_month,
      chronic_illnesses = excluded.chronic_illnesses, ppks = excluded.ppks, answers = excluded.answers,
      valid_from = excluded.valid_from, known_from = excluded.known_from`.execute(tx)
  const past = concerned
    .flatMap((one) => pastOf(one, one.stored.sealed, one.now.sealed))
    .map((row) => ({ ...row, state: (row.state as { state?: Fields }).state ?? {} }))
  await sql`
    insert into person_sealed_past (person_id, valid_from, valid_to, known_from, known_to, family_id, region_code, state)
    select id, valid_from, valid_to, known_from, known_to, family_id, region_code, state
    from jsonb_to_recordset(${json(past)}::jsonb) as r (id uuid, valid_from date, valid_to date, known_from timestamptz,
      known_to timestamptz, family_id uuid, region_code text, state jsonb)
    on conflict (person_id, valid_from, known_from) do update set known_to = excluded.known_to`.execute(tx)
}

/** Members and children of every family that somebody belongs or belonged to; children as of the day of writing. */
async function countMembers(tx: Tx, changed: readonly Subject[]): Promise<void> {
  const families = new Set<string>()
  for (const one of changed)
    if (one.subject === 'family') families.add(one.id)
    else
      for (const versions of [one.stored.open, one.now.open]) {
        const id = word(currentOf(versions)?.state ?? {}, 'familyId')
        if (id) families.add(id)
      }
  await sql`
    update family f set member_count = c.members, child_count = c.children
    from (select ids.id, coalesce(p.members, 0) as members, coalesce(p.children, 0) as children
      from unnest(${[...families]}::uuid[]) as ids (id) left join (
        select family_id, count(*) as members,
          count(*) filter (where birth_date > acting_now()::date - interval '18 years') as children
        from person where family_id = any (${[...families]}) and status = 'active' group by family_id) p on p.family_id = ids.id) c
    where f.id = c.id and (f.member_count, f.child_count) is distinct from (c.members, c.children)`.execute(tx)
}
