import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { type Agreement, withinRegions } from './agreement.ts'
import type { Entity } from './attributes.ts'

/** A record as it is sent: the shape of the samples of the specification, only fields the agreement names. */
export type Reg = Record<string, unknown>

type Family = {
  id: string
  region_code: string
  place: string
  kk_number: string | null
  head_id: string | null
  address: string | null
  rt: string | null
  rw: string | null
  decile: number | null
  decile_source: string | null
  decile_period: string | null
  answers: unknown
  status: string
  member_count: number
  child_count: number
  checked_on: string | null
  valid_from: string
  changed_at: Date
}
type Person = {
  id: string
  family_id: string | null
  region_code: string
  place: string
  nik: string | null
  name: string
  birth_date: string | null
  birth_place: string | null
  sex: string | null
  relationship: string | null
  mother_name: string | null
  marital_status: string | null
  schooling: string | null
  school_level: string | null
  work: string | null
  ppks: number[]
  status: string
  died_on: string | null
  valid_from: string
  changed_at: Date
}
type Sealed = {
  person_id: string
  disabilities: string[]
  pregnant: boolean | null
  due_month: string | null
  chronic_illnesses: string[]
  ppks: number[]
}
type Aid = {
  family_id: string
  person_id: string | null
  programme_code: string
  period_from: string
  period_to: string | null
}

const familyColumns = sql.raw(
  'f.id, f.region_code, r.path_name as place, f.kk_number, f.head_id, f.address, f.rt, f.rw, f.decile, f.decile_source, f.decile_period, f.answers, f.status, f.member_count, f.child_count, f.checked_on, f.valid_from, f.changed_at',
)
const personColumns = sql.raw(
  'p.id, p.family_id, p.region_code, r.path_name as place, p.nik, p.name, p.birth_date, p.birth_place, p.sex, p.relationship, p.mother_name, p.marital_status, p.schooling, p.school_level, p.work, p.ppks, p.status, p.died_on, p.valid_from, p.changed_at',
)

/** Families or persons by their ids, in that order; what the consumer may not see is not there. */
export async function readRecords(tx: Tx, agreement: Agreement, entity: Entity, ids: string[]): Promise<Reg[]> {
  if (ids.length === 0) return []
  const may = (field: string) => agreement.fields.has(field)
  const families =
    entity === 'Group'
      ? (
          await sql<Family>`select ${familyColumns} from family f join region r on r.code = f.region_code
            where f.id = any (${ids}::uuid[]) and ${withinRegions('f.region_code', agreement)}`.execute(tx)
        ).rows
      : []
  const wantsMembers = entity === 'Member' || may('group.members') || may('group.head')
  const persons = wantsMembers
    ? (
        await sql<Person>`select ${personColumns} from person p join region r on r.code = p.region_code
          where ${entity === 'Member' ? sql`p.id = any (${ids}::uuid[])` : sql`p.family_id = any (${ids}::uuid[]) and p.status = 'active'`}
            and ${withinRegions('p.region_code', agreement)} order by p.relationship <> 'head', p.birth_date, p.id`.execute(
          tx,
        )
      ).rows
    : []
  const sealed = new Map((await sealedOf(tx, agreement, persons)).map((one) => [one.person_id, one]))
  const aid =
    entity === 'Group' && may('group.assistance')
      ? (
          await sql<Aid>`select family_id, person_id, programme_code, period_from, period_to from assistance
            where family_id = any (${ids}::uuid[]) and ${withinRegions('region_code', agreement)} order by period_from, programme_code, id`.execute(
            tx,
          )
        ).rows
      : []
  const shownPersons = new Map(persons.map((one) => [one.id, showMember(one, sealed.get(one.id), may)]))
  if (entity === 'Member') return ids.flatMap((id) => shownOf(shownPersons, id))
  const shown = new Map(
    families.map((family) => {
      const members = persons.filter((one) => one.family_id === family.id).map((one) => shownPersons.get(one.id) ?? {})
      const head =
        family.head_id === null
          ? undefined
          : persons.find((one) => one.id === family.head_id && one.family_id === family.id)
      const received = aid.filter((one) => one.family_id === family.id)
      return [family.id, showGroup(family, head && shownPersons.get(head.id), members, received, may)]
    }),
  )
  return ids.flatMap((id) => shownOf(shown, id))
}

const shownOf = (shown: Map<string, Reg>, id: string): Reg[] => {
  const one = shown.get(id)
  return one ? [one] : []
}

async function sealedOf(tx: Tx, agreement: Agreement, persons: Person[]): Promise<Sealed[]> {
  if (!agreement.sealed || persons.length === 0) return []
  return (
    await sql<Sealed>`select person_id, disabilities, pregnant, due_month, chronic_illnesses, ppks from person_sealed
      where person_id = any (${persons.map((one) => one.id)}::uuid[]) and ${withinRegions('region_code', agreement)}`.execute(
      tx,
    )
  ).rows
}

type May = (field: string) => boolean

const context = {
  spdci: 'https://schema.spdci.org/extensions/social/v1/',
  common: 'https://schema.spdci.org/common/v1/',
  pilar: 'urn:pilar:schema:',
}
const identifier = (type: string, value: string) => ({
  '@type': 'Identifier',
  identifier_type: type,
  identifier_value: value,
})

function showGroup(family: Family, head: Reg | undefined, members: Reg[], aid: Aid[], may: May): Reg {
  const street = [family.address, family.rt && `RT ${family.rt}`, family.rw && `RW ${family.rw}`]
    .filter(Boolean)
    .join(' ')
  const address = [may('group.address') ? street : '', may('group.region_code') ? family.place : '']
    .filter(Boolean)
    .join(', ')
  return {
    '@context': context,
    '@id': `urn:uuid:${family.id}`,
    '@type': 'spdci:Group',
    group_identifier: [
      ...(may('group.kk_number') && family.kk_number ? [identifier('HOUSEHOLD_ID', family.kk_number)] : []),
      identifier('GROUP_ID', family.id),
    ],
    group_type: 'family',
    ...((may('group.address') || may('group.region_code')) && {
      place: {
        '@type': 'Place',
        address,
        ...(may('group.region_code') && { region_code: family.region_code }),
        ...(may('group.address') && { street_address: family.address, rt: family.rt, rw: family.rw }),
      },
    }),
    ...(may('group.decile') && {
      poverty_score: family.decile,
      poverty_score_type: 'decile',
      poverty_score_source: family.decile_source,
      poverty_score_period: family.decile_period,
    }),
    ...(may('group.head') && { group_head_info: head ?? null }),
    ...(may('group.group_size') && { group_size: family.member_count }),
    ...(may('group.child_count') && { child_count: family.child_count }),
    ...(may('group.members') && { member_list: members }),
    ...(may('group.status') && { status: family.status }),
    ...(may('group.checked_on') && { checked_on: family.checked_on }),
    ...(may('group.dates') && { registration_date: family.valid_from, last_updated: family.changed_at.toISOString() }),
    ...(may('group.housing') && { additional_attributes: [{ housing: family.answers }] }),
    ...(may('group.assistance') && {
      assistance: aid.map((one) => ({
        programme_identifier: one.programme_code,
        period_from: one.period_from,
        period_to: one.period_to,
        member: one.person_id === null ? null : `urn:uuid:${one.person_id}`,
      })),
    }),
  }
}

function showMember(person: Person, sealed: Sealed | undefined, may: May): Reg {
  const numbers = [
    ...(may('member.nik') && person.nik ? [identifier('UIN', person.nik)] : []),
    identifier('MEMBER_ID', person.id),
  ]
  return {
    '@context': context,
    '@id': `urn:uuid:${person.id}`,
    '@type': 'spdci:Member',
    member_identifier: numbers,
    demographic_info: {
      '@type': 'SRPerson',
      identifier: numbers,
      // Indonesian names have no surname: the whole name is the given one, whether one word or five.
      ...(may('member.name') && { name: { '@type': 'Name', given_name: person.name, surname: '' } }),
      ...(may('member.sex') && { sex: person.sex }),
      ...(may('member.birth_date') && { birth_date: person.birth_date }),
      ...(may('member.birth_place') && { birth_place: person.birth_place }),
      ...(may('member.status') && { death_date: person.died_on }),
      ...(may('member.region_code') && {
        address: { '@type': 'Address', region_code: person.region_code, city: person.place, country: 'IDN' },
      }),
    },
    ...(may('member.relationship') && { relationship_to_head: person.relationship }),
    ...(may('member.mother_name') && { mother_name: person.mother_name }),
    ...(may('member.marital_status') && { marital_status: person.marital_status }),
    ...(may('member.education') && { education_status: person.schooling, education_level: person.school_level }),
    ...(may('member.work') && { occupation: person.work }),
    ...(may('member.ppks') && { ppks: person.ppks }),
    ...(may('member.status') && { status: person.status }),
    ...(may('member.dates') && { registration_date: person.valid_from, last_updated: person.changed_at.toISOString() }),
    ...(may('member.disabilities') && {
      is_disabled: sealed ? sealed.disabilities.length > 0 : null,
      disability_info: (sealed?.disabilities ?? []).map((type) => ({
        '@type': 'DisabilityInfo',
        disability_type: type,
      })),
    }),
    ...(may('member.pregnancy') && { is_pregnant: sealed?.pregnant ?? null, due_month: sealed?.due_month ?? null }),
    ...(may('member.chronic_illnesses') && { chronic_illnesses: sealed?.chronic_illnesses ?? [] }),
    ...(may('member.ppks_sealed') && { ppks_sealed: sealed?.ppks ?? [] }),
  }
}
