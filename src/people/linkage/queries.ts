import { sql } from 'kysely'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { maskNik } from '../identity.ts'
import { requireOpening } from '../register/index.ts'
import { readPersons, toChoose } from './merge.ts'
import { mayDecide, mayScan } from './policy.ts'
import type { BeyondItem, FieldEvidence, Pair, PairItem, PairPerson, Pairs, PairsQuery, Scan } from './schema.ts'
import { linkFields } from './schema.ts'
import type { Evidence } from './scoring.ts'

const pageSize = 30

type PairRow = {
  left_id: string
  right_id: string
  left_name: string
  right_name: string
  left_nik: string | null
  right_nik: string | null
  left_year: string | null
  right_year: string | null
  left_village: string
  right_village: string
  probability: number
  same_nik: boolean
  same_family: boolean
  state: PairItem['state']
  found_at: Date
  referred_at: Date | null
}

const shows = {
  same_nik: sql`p.same_nik`,
  two_families: sql`not p.same_family and p.probability >= 0.5`,
  same_family: sql`p.same_family`,
  referred: sql`p.referred_at is not null`,
}

/** One page of the pairs of a region, the likeliest first, and what belongs beside it. Names, masked numbers, years: no more. */
export async function listPairs(tx: Tx, actor: Actor, query: PairsQuery): Promise<Pairs> {
  const page = query.page ?? 1
  const region = query.region ?? actor.regionCode
  const { rows } = await sql<PairRow>`
    select p.left_id, p.right_id, a.name as left_name, b.name as right_name, a.nik as left_nik, b.nik as right_nik,
      left(a.birth_date::text, 4) as left_year, left(b.birth_date::text, 4) as right_year, ra.name as left_village, rb.name as right_village,
      p.probability, p.same_nik, p.same_family, p.state, p.found_at, p.referred_at
    from link_pair p join person a on a.id = p.left_id join person b on b.id = p.right_id
      join region ra on ra.code = a.region_code join region rb on rb.code = b.region_code
    where p.state = ${query.state ?? 'possible'} and (p.state = 'merged' or a.status <> 'merged' and b.status <> 'merged')
      and (p.left_region >= ${region} and p.left_region < ${scopeEnd(region)} or p.right_region >= ${region} and p.right_region < ${scopeEnd(region)}
        or ${region} = '00')
      and ${query.show ? shows[query.show] : sql`true`}
    order by (p.referred_at is null), p.weight desc, p.left_id, p.right_id limit ${pageSize + 1} offset ${(page - 1) * pageSize}`.execute(
    tx,
  )
  return {
    items: rows.slice(0, pageSize).map(presentItem),
    more: rows.length > pageSize,
    page,
    beyond: await pairsBeyond(tx),
    scan: await latestScan(tx),
    mayScan: mayScan(actor),
  }
}

const presentItem = (row: PairRow): PairItem => ({
  leftId: row.left_id,
  rightId: row.right_id,
  left: {
    id: row.left_id,
    name: row.left_name,
    nik: maskNik(row.left_nik),
    birthYear: row.left_year,
    village: row.left_village,
  },
  right: {
    id: row.right_id,
    name: row.right_name,
    nik: maskNik(row.right_nik),
    birthYear: row.right_year,
    village: row.right_village,
  },
  probability: row.probability,
  sameNik: row.same_nik,
  sameFamily: row.same_family,
  state: row.state,
  foundAt: row.found_at.toISOString(),
  referredAt: row.referred_at?.toISOString() ?? null,
})

/** Pairs of which only one person is of the actor's region: that person, and who sees both. Nothing of the other. */
async function pairsBeyond(tx: Tx): Promise<BeyondItem[]> {
  const { rows } = await sql<{
    key: string
    person_id: string
    name: string
    village: string
    decides: string
    found_at: Date
    referred_at: Date | null
  }>`select l.key, l.person_id, p.name, r.name as village, case when l.common = '00' then 'Indonesia' else c.name end as decides,
      l.found_at, l.referred_at
    from link_pairs_beyond() l join person p on p.id = l.person_id and p.status <> 'merged' join region r on r.code = l.region_code
      left join region c on c.code = l.common`.execute(tx)
  return rows.map((row) => ({
    key: row.key,
    personId: row.person_id,
    name: row.name,
    village: row.village,
    decides: row.decides,
    foundAt: row.found_at.toISOString(),
    referredAt: row.referred_at?.toISOString() ?? null,
  }))
}

export async function latestScan(tx: Tx): Promise<Scan | null> {
  const row = await tx.selectFrom('link_scan').selectAll().orderBy('asked_at', 'desc').limit(1).executeTakeFirst()
  return row
    ? {
        state: row.state as Scan['state'],
        askedAt: row.asked_at.toISOString(),
        finishedAt: row.finished_at?.toISOString() ?? null,
        persons: row.persons,
        donePersons: row.done_persons,
        found: row.found,
      }
    : null
}

/** The families of a pair, to be opened before the two are looked at side by side; 404 where one of them is not theirs to see. */
export async function familiesOfPair(tx: Tx, left: string, right: string): Promise<string[]> {
  const pair = await tx
    .selectFrom('link_pair')
    .select('state')
    .where('left_id', '=', left)
    .where('right_id', '=', right)
    .executeTakeFirst()
  if (!pair) throw notFound('pair')
  const { rows } = await sql<{ family_id: string }>`
    select distinct family_id from person where id in (${left}, ${right}) and family_id is not null`.execute(tx)
  return rows.map((row) => row.family_id)
}

/** Both persons side by side, with what each field says. Both families must have been opened. */
export async function getPair(tx: Tx, actor: Actor, left: string, right: string, locale: 'id' | 'en'): Promise<Pair> {
  const row = await tx
    .selectFrom('link_pair')
    .selectAll()
    .select(sql<Evidence>`evidence`.as('said'))
    .where('left_id', '=', left)
    .where('right_id', '=', right)
    .executeTakeFirst()
  if (!row) throw notFound('pair')
  for (const family of await familiesOfPair(tx, left, right)) await requireOpening(tx, actor, family)
  const persons = await readPersons(tx, [left, right])
  const [one, other] = [persons.get(left), persons.get(right)]
  if (!one || !other) throw notFound('pair')
  const merge = await tx
    .selectFrom('link_merge')
    .select(['id', 'kept_id', 'merged_at'])
    .where('kept_id', 'in', [left, right])
    .where('gone_id', 'in', [left, right])
    .where('undone_at', 'is', null)
    .executeTakeFirst()
  const decides = mayDecide(actor, { leftRegion: row.left_region, rightRegion: row.right_region })
  const can: Pair['can'] =
    decides && row.state === 'possible' ? ['merge', 'different'] : decides && merge ? ['undo'] : []
  return {
    left: await presentPerson(tx, left, locale),
    right: await presentPerson(tx, right, locale),
    probability: row.probability,
    evidence: linkFields.flatMap((field): FieldEvidence[] => {
      const said = row.said[field]
      return said ? [{ field, ...said }] : []
    }),
    state: row.state as Pair['state'],
    reason: row.reason,
    toChoose: toChoose(one, other),
    merge: merge ? { id: merge.id, keptId: merge.kept_id, mergedAt: merge.merged_at.toISOString() } : null,
    can,
  }
}

async function presentPerson(tx: Tx, id: string, locale: 'id' | 'en'): Promise<PairPerson> {
  const { rows } = await sql<
    Record<string, string | null> & { id: string; name: string; status: string; village: string; region_code: string }
  >`
    select p.id, p.family_id, p.region_code, p.name, p.nik, p.birth_date, p.birth_place, p.sex, p.mother_name, p.marital_status, p.schooling,
      p.school_level, p.work, p.status, p.died_on, p.relationship, r.name as village, f.kk_number, f.address, f.rt, f.rw
    from person p join region r on r.code = p.region_code left join family f on f.id = p.family_id where p.id = ${id}`.execute(
    tx,
  )
  const [row] = rows
  if (!row) throw notFound('person')
  const members = await sql<{ name: string; relationship: string | null }>`
    select name, relationship from person where family_id = ${row['family_id'] ?? null} and id <> ${id} and status = 'active'
    order by (relationship = 'head') desc nulls last, birth_date nulls last limit 30`.execute(tx)
  const assistance = await sql<{ programme: string; from: string; to: string | null; ofPerson: boolean }>`
    select g.name as programme, a.period_from as from, a.period_to as to, a.person_id is not null as "ofPerson"
    from assistance a join programme g on g.code = a.programme_code
    where a.person_id = ${id} or a.person_id is null and a.family_id = ${row['family_id'] ?? null}
    order by a.period_from desc limit 30`.execute(tx)
  const history = await sql<{ kind: string; on: string; source: string }>`
    select case when ${locale} = 'en' then k.name_en else k.name_id end as kind, e.effective_on as on, e.source
    from register_event e join register_event_kind k on k.code = e.kind
    where e.subject_id = ${id} and e.state = 'in_force' order by e.effective_on desc, e.seq desc limit 12`.execute(tx)
  return {
    id: row.id,
    name: row.name,
    nik: maskNik(row['nik'] ?? null),
    birthDate: row['birth_date'] ?? null,
    birthPlace: row['birth_place'] ?? null,
    sex: row['sex'] ?? null,
    motherName: row['mother_name'] ?? null,
    maritalStatus: row['marital_status'] ?? null,
    schooling: row['schooling'] ?? null,
    schoolLevel: row['school_level'] ?? null,
    work: row['work'] ?? null,
    status: row.status,
    diedOn: row['died_on'] ?? null,
    relationship: row['relationship'] ?? null,
    village: row.village,
    regionCode: row.region_code,
    family: row['family_id']
      ? {
          id: row['family_id'],
          kkNumber: maskNik(row['kk_number'] ?? null),
          address: row['address'] ?? null,
          rt: row['rt'] ?? null,
          rw: row['rw'] ?? null,
          members: members.rows,
        }
      : null,
    assistance: assistance.rows,
    history: history.rows,
  }
}
