/** What others may ask about and what they call it. One row an attribute; agreements name fields, queries name attributes. */

export const entities = ['Group', 'Member'] as const
export type Entity = (typeof entities)[number]

export type Kind =
  'integer' | 'text' | 'code' | 'uuid' | 'date' | 'instant' | 'region' | 'choice' | 'boolean' | 'numbers' | 'words'

export type Attribute = {
  entity: Entity
  /** our name for it */
  name: string
  /** the field of an agreement that lets a consumer ask for it and see it; null: every consumer */
  field: string | null
  /** other names it is known by, without case and separators */
  aliases: readonly string[]
  kind: Kind
  /** an expression over f (family), p (person) or s (person_sealed); written here and nowhere else */
  column: string
  /** words of others for our values */
  values?: Readonly<Record<string, string>>
  /** lies in person_sealed */
  sealed?: true
}

const sexes = {
  f: 'female',
  female: 'female',
  p: 'female',
  perempuan: 'female',
  m: 'male',
  male: 'male',
  l: 'male',
  lakilaki: 'male',
}
const relationships = {
  ...self([
    'head',
    'spouse',
    'child',
    'child_in_law',
    'grandchild',
    'parent',
    'parent_in_law',
    'other_relative',
    'other',
  ]),
  headofhousehold: 'head',
  self: 'head',
  wife: 'spouse',
  husband: 'spouse',
}
const marriages = { ...self(['single', 'married', 'divorced', 'widowed']), unmarried: 'single', nevermarried: 'single' }
const familyStates = self(['active', 'graduated', 'moved_out', 'dissolved', 'not_found'])
const personStates = self(['active', 'dead', 'moved_out', 'not_found'])

function self(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [plain(word), word]))
}

/** 'spdci:Poverty-Score' and 'poverty_score' are the same name: without namespace, case and separators. */
export function plain(name: string): string {
  return name
    .replace(/^.*[:/]/, '')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase()
}

const group = (
  name: string,
  field: string | null,
  kind: Kind,
  column: string,
  aliases: string[] = [],
  values?: Record<string, string>,
): Attribute => ({
  entity: 'Group',
  name,
  field,
  kind,
  column,
  aliases,
  ...(values && { values }),
})
const member = (
  name: string,
  field: string | null,
  kind: Kind,
  column: string,
  aliases: string[] = [],
  values?: Record<string, string>,
): Attribute => ({
  entity: 'Member',
  name,
  field,
  kind,
  column,
  aliases,
  ...(values && { values }),
})

export const attributes: readonly Attribute[] = [
  group('id', null, 'uuid', 'f.id', ['groupid', 'familyid']),
  group('group_type', null, 'text', `'family'::text`, []),
  group('kk_number', 'group.kk_number', 'code', 'f.kk_number', [
    'householdid',
    'groupidentifier',
    'kk',
    'nokk',
    'hhid',
  ]),
  group('region_code', 'group.region_code', 'region', 'f.region_code', [
    'location',
    'areacode',
    'place',
    'region',
    'wilayah',
  ]),
  group('address', 'group.address', 'text', 'f.address', ['placeaddress', 'streetaddress']),
  group('rt', 'group.address', 'code', 'f.rt'),
  group('rw', 'group.address', 'code', 'f.rw'),
  group('decile', 'group.decile', 'integer', 'f.decile', ['povertyscore', 'desil']),
  group('decile_period', 'group.decile', 'code', 'f.decile_period', ['povertyscoreperiod']),
  group('group_size', 'group.group_size', 'integer', 'f.member_count', ['membercount', 'householdsize', 'familysize']),
  group('child_count', 'group.child_count', 'integer', 'f.child_count', ['children', 'numberofchildren']),
  group('status', 'group.status', 'choice', 'f.status', ['groupstatus'], familyStates),
  group('checked_on', 'group.checked_on', 'date', 'f.checked_on', ['lastchecked']),
  group('registration_date', 'group.dates', 'date', 'f.valid_from', ['validfrom']),
  group('last_updated', 'group.dates', 'instant', 'f.changed_at', ['lastupdate', 'updatedat']),
  member('id', null, 'uuid', 'p.id', ['memberid', 'personid']),
  member('nik', 'member.nik', 'code', 'p.nik', ['uin', 'nationalid', 'nid', 'memberidentifier', 'identifiervalue']),
  member('name', 'member.name', 'text', 'p.name', ['givenname', 'fullname', 'firstname', 'nama']),
  member('birth_date', 'member.birth_date', 'date', 'p.birth_date', ['dob', 'dateofbirth', 'birthdate']),
  member('age', 'member.birth_date', 'integer', 'extract(year from age(acting_now()::date, p.birth_date))::integer', [
    'usia',
  ]),
  member('birth_year', 'member.birth_date', 'integer', 'extract(year from p.birth_date)::integer', [
    'yob',
    'yearofbirth',
  ]),
  member('birth_place', 'member.birth_place', 'text', 'p.birth_place', ['placeofbirth']),
  member('sex', 'member.sex', 'choice', 'p.sex', ['gender', 'jeniskelamin'], sexes),
  member(
    'relationship',
    'member.relationship',
    'choice',
    'p.relationship',
    ['relationshiptohead', 'relationshiphead', 'relationshiptype'],
    relationships,
  ),
  member('mother_name', 'member.mother_name', 'text', 'p.mother_name', ['mothersname']),
  member('marital_status', 'member.marital_status', 'choice', 'p.marital_status', [], marriages),
  member('schooling', 'member.education', 'choice', 'p.schooling', [], self(['none', 'attending', 'finished', 'left'])),
  member(
    'school_level',
    'member.education',
    'choice',
    'p.school_level',
    ['educationlevel'],
    self(['early', 'primary', 'junior', 'senior', 'higher']),
  ),
  member('work', 'member.work', 'text', 'p.work', ['occupation', 'employmentstatus']),
  member('ppks', 'member.ppks', 'numbers', 'p.ppks'),
  member('region_code', 'member.region_code', 'region', 'p.region_code', ['location', 'areacode', 'region', 'wilayah']),
  member('status', 'member.status', 'choice', 'p.status', ['memberstatus'], personStates),
  member('death_date', 'member.status', 'date', 'p.died_on', ['diedon']),
  member('registration_date', 'member.dates', 'date', 'p.valid_from', ['validfrom']),
  member('last_updated', 'member.dates', 'instant', 'p.changed_at', ['lastupdate', 'updatedat']),
  {
    ...member('is_disabled', 'member.disabilities', 'boolean', 'cardinality(s.disabilities) > 0', ['disabled']),
    sealed: true,
  },
  {
    ...member('disabilities', 'member.disabilities', 'words', 's.disabilities', ['disabilityinfo', 'disabilitytype']),
    sealed: true,
  },
  { ...member('pregnant', 'member.pregnancy', 'boolean', 's.pregnant', ['ispregnant']), sealed: true },
  { ...member('chronic_illnesses', 'member.chronic_illnesses', 'words', 's.chronic_illnesses'), sealed: true },
  { ...member('ppks_sealed', 'member.ppks_sealed', 'numbers', 's.ppks'), sealed: true },
]

/** Seen, and not asked about: lists that come with a group. */
const shownOnly = ['group.members', 'group.head', 'group.assistance', 'group.housing'] as const

/** Fields that only an agreement with words of its own about sealed data may name. */
export const sealedFields: readonly string[] = [
  ...new Set(attributes.flatMap((one) => (one.sealed && one.field ? [one.field] : []))),
]

/** Every field an agreement may name. */
export const fields: readonly string[] = [
  ...new Set([...attributes.flatMap((one) => one.field ?? []), ...shownOnly]),
].toSorted()

/**
 * The attribute a name means in a query for this entity: its own first, then the other entity's (a group is found by any
 * of its members, a member by its group).
 */
export function findAttribute(entity: Entity, name: string): Attribute | undefined {
  const wanted = plain(name.replace(/^.*\./, ''))
  const fits = (one: Attribute) => plain(one.name) === wanted || one.aliases.includes(wanted)
  return attributes.find((one) => one.entity === entity && fits(one)) ?? attributes.find(fits)
}

/** What sort of identifier a type names: 'UIN' and 'NIK' are a person's, 'HOUSEHOLD_ID' a family's. */
export function findIdentifier(type: string): Attribute | undefined {
  const wanted = plain(type)
  const name = Object.hasOwn(identifierTypes, wanted) ? identifierTypes[wanted] : undefined
  return name === undefined ? undefined : attributes.find((one) => `${one.entity}.${one.name}` === name)
}

const identifierTypes: Readonly<Partial<Record<string, string>>> = {
  uin: 'Member.nik',
  nik: 'Member.nik',
  nid: 'Member.nik',
  nationalid: 'Member.nik',
  nationalidentifier: 'Member.nik',
  householdid: 'Group.kk_number',
  hhid: 'Group.kk_number',
  kk: 'Group.kk_number',
  nokk: 'Group.kk_number',
  kknumber: 'Group.kk_number',
  groupid: 'Group.id',
  familyid: 'Group.id',
  pilarfamilyid: 'Group.id',
  memberid: 'Member.id',
  personid: 'Member.id',
  pilarpersonid: 'Member.id',
}
