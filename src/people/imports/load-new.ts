import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Copy, Tx } from '#src/platform/db/index.ts'
import { familyKeys, personKeys } from '../search-keys.ts'
import { copyJson, copyNumber, copyNumbers, copyText } from './copy-text.ts'
import type { NewAssistance, NewFamily, Telling } from './plan.ts'

/*
 * New families by COPY: into temporary tables, since PostgreSQL allows no COPY under row security, and on from there, so that the
 * policies hold for every row. What is written is what recordChange would write; a property test holds the two side by side.
 */

const temporary = [
  `create temporary table import_family (id uuid, region_code text collate "C", kk_number text, head_id uuid, payee_id uuid, address text,
    rt text, rw text, decile smallint, decile_source text, decile_period text, external_key text, search_keys integer[],
    member_count smallint, child_count smallint, patch jsonb) on commit drop`,
  `create temporary table import_person (id uuid, family_id uuid, region_code text collate "C", nik text, name text, birth_date date,
    birth_place text, sex text, relationship text, mother_name text, marital_status text, schooling text, work text, status text,
    external_key text, search_keys integer[], patch jsonb, sealed jsonb) on commit drop`,
  `create temporary table import_assistance (id uuid, family_id uuid, person_id uuid, region_code text collate "C", programme_code text,
    period_from date, period_to date) on commit drop`,
].join(';')

/** Rows of text that are put together before they are sent. */
const PIECE = 64

/** Loads the families into the register as one change of many parts, and records it. `today`: 'YYYY-MM-DD', in the latest zone concerned. */
export async function loadNewFamilies(
  tx: Tx,
  copy: Copy,
  actor: Actor,
  telling: Telling,
  given: { families: readonly NewFamily[]; assistance: readonly NewAssistance[]; today: string },
): Promise<void> {
  const { families, assistance, today } = given
  if (families.length === 0 && assistance.length === 0) return
  await sql.raw(temporary).execute(tx)
  if (families.length > 0) {
    const { rows } = await sql<{
      grown: string
    }>`select (acting_now()::date - interval '18 years')::date as grown`.execute(tx)
    const grown = rows[0]?.grown ?? today
    const digest = createHash('sha256')
    await copy('copy import_family from stdin', pieces(families, familyLine(grown), digest))
    const persons = families.flatMap((family) => family.persons)
    await copy('copy import_person from stdin', pieces(persons, personLine, digest))
    await insertFamilies(tx, actor, telling, today)
    const [first] = families
    const detail = {
      kind: 'registered',
      events: families.length + persons.length,
      source: 'import',
      waits: false,
      sha256: digest.digest('hex'),
    }
    await sql`select record_act('register', 'register_change', ${first?.id ?? ''}, ${telling.regionCode}, ${JSON.stringify(detail)}::jsonb,
      null)`.execute(tx)
  }
  if (assistance.length > 0) {
    await copy('copy import_assistance from stdin', pieces(assistance, assistanceLine))
    await sql`
      insert into assistance (family_id, id, person_id, region_code, programme_code, period_from, period_to, source, source_ref)
      select family_id, id, person_id, region_code, programme_code, period_from, period_to, 'import', ${telling.number}
      from import_assistance
      on conflict (family_id, programme_code, period_from, coalesce(person_id, family_id)) do nothing`.execute(tx)
  }
}

async function insertFamilies(tx: Tx, actor: Actor, telling: Telling, today: string): Promise<void> {
  const { asOf, number } = telling
  const changeId = uuidv7()
  await sql`
    insert into family (id, region_code, kk_number, head_id, payee_id, address, rt, rw, decile, decile_source, decile_period, status,
      external_key, search_keys, member_count, child_count, valid_from, known_from, last_seq)
    select id, region_code, kk_number, head_id, payee_id, address, rt, rw, decile, decile_source, decile_period, 'active',
      external_key, search_keys, member_count, child_count, ${asOf}::date, acting_now(), 1
    from import_family`.execute(tx)
  await sql`
    insert into person (id, family_id, region_code, nik, name, birth_date, birth_place, sex, relationship, mother_name, marital_status,
      schooling, work, status, external_key, search_keys, valid_from, known_from, last_seq)
    select id, family_id, region_code, nik, name, birth_date, birth_place, sex, relationship, mother_name, marital_status,
      schooling, work, status, external_key, search_keys, ${asOf}::date, acting_now(), 1
    from import_person`.execute(tx)
  await sql`
    insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source,
      source_ref, state, known_at, patch, recorded_by, recorded_role)
    select id, 1, subject, 'registered', ${changeId}::uuid, family_id, region_code, ${asOf}::date, ${today}::date, 'import',
      ${number}, 'in_force', acting_now(), patch, ${actor.accountId}::uuid, ${actor.role}
    from (select id, 'family' as subject, id as family_id, region_code, patch from import_family
      union all select id, 'person', family_id, region_code, patch from import_person) e`.execute(tx)
  await sql`
    insert into person_sealed (person_id, family_id, region_code, disabilities, pregnant, valid_from, known_from)
    select id, family_id, region_code, array(select jsonb_array_elements_text(sealed -> 'disabilities')), (sealed ->> 'pregnant')::boolean,
      ${asOf}::date, acting_now()
    from import_person where sealed is not null`.execute(tx)
  await sql`
    insert into register_event_sealed (subject_id, seq, family_id, region_code, patch)
    select id, 1, family_id, region_code, sealed from import_person where sealed is not null`.execute(tx)
}

function* pieces<One>(
  rows: readonly One[],
  line: (row: One) => string,
  digest?: { update: (text: string) => unknown },
): Generator<string> {
  for (let from = 0; from < rows.length; from += PIECE) {
    let text = ''
    for (const row of rows.slice(from, from + PIECE)) text += line(row)
    digest?.update(text)
    yield text
  }
}

/** `grown`: who is born after this day is a child. */
const familyLine =
  (grown: string) =>
  ({ id, key, patch, persons }: NewFamily): string => {
    const active = persons.filter((one) => one.patch.status === 'active')
    const children = active.filter((one) => (one.patch.birthDate ?? '') > grown)
    const { regionCode = '', kkNumber, headId, payeeId, address, rt, rw, decile, decileSource, decilePeriod } = patch
    const where = { address: address ?? null, rt: rt ?? null, rw: rw ?? null, regionCode: regionCode ?? '' }
    return `${id}\t${regionCode ?? ''}\t${copyText(kkNumber)}\t${copyText(headId)}\t${copyText(payeeId)}\t${copyText(address)}\t${copyText(rt)}\t${copyText(
      rw,
    )}\t${copyNumber(decile)}\t${copyText(decileSource)}\t${copyText(decilePeriod)}\t${copyText(key)}\t${copyNumbers(
      familyKeys(where),
    )}\t${active.length}\t${children.length}\t${copyJson(patch)}\n`
  }

function personLine({ id, key, patch, sealed }: NewFamily['persons'][number]): string {
  const { name, birthDate, regionCode } = patch
  const keys = personKeys({ name: name ?? '', birthDate: birthDate ?? null, regionCode: regionCode ?? '' })
  return `${id}\t${copyText(patch.familyId)}\t${regionCode ?? ''}\t${copyText(patch.nik)}\t${copyText(name)}\t${copyText(birthDate)}\t${copyText(
    patch.birthPlace,
  )}\t${copyText(patch.sex)}\t${copyText(patch.relationship)}\t${copyText(patch.motherName)}\t${copyText(patch.maritalStatus)}\t${copyText(
    patch.schooling,
  )}\t${copyText(patch.work)}\t${copyText(patch.status)}\t${copyText(key)}\t${copyNumbers(keys)}\t${copyJson(patch)}\t${copyJson(sealed)}\n`
}

const assistanceLine = (one: NewAssistance): string =>
  `${one.id}\t${one.familyId}\t${copyText(one.personId)}\t${one.regionCode}\t${one.code}\t${one.from}\t${copyText(one.to)}\n`
