import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false }
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const Id = Type.String({ format: 'uuid' })

export const PairState = Type.Enum(['possible', 'merged', 'different'])
export type PairState = Static<typeof PairState>

export const linkFields = [
  'name',
  'nik',
  'birth_date',
  'birth_place',
  'sex',
  'kk',
  'mother_name',
  'address',
  'rt',
  'rw',
  'region',
] as const

export const FieldEvidence = Type.Object(
  {
    field: Type.Enum([...linkFields]),
    outcome: Type.Enum(['agrees', 'near', 'differs', 'unknown']),
    weight: Type.Number({ description: 'Bits for one person (positive) or for two (negative)' }),
  },
  strict,
)
export type FieldEvidence = Static<typeof FieldEvidence>

export const PairsQuery = Type.Object(
  {
    region: Type.Optional(Type.String({ pattern: '^[0-9]{2}([.][0-9]{2,4}){0,3}$' })),
    state: Type.Optional(PairState),
    show: Type.Optional(Type.Enum(['same_nik', 'two_families', 'same_family', 'referred'])),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type PairsQuery = Static<typeof PairsQuery>

const Side = Type.Object(
  {
    id: Id,
    name: Type.String(),
    nik: nullable(Type.String({ description: 'masked' })),
    birthYear: nullable(Type.String()),
    village: Type.String(),
  },
  strict,
)
export const PairItem = Type.Object(
  {
    leftId: Id,
    rightId: Id,
    left: Side,
    right: Side,
    probability: Type.Number(),
    sameNik: Type.Boolean(),
    sameFamily: Type.Boolean(),
    state: PairState,
    foundAt: Type.String({ format: 'date-time' }),
    referredAt: nullable(Type.String({ format: 'date-time' })),
  },
  strict,
)
export type PairItem = Static<typeof PairItem>

/** For the page of a family: one of its people, and the record that may be the same person. */
export const FamilyPair = Type.Object(
  {
    leftId: Id,
    rightId: Id,
    member: Type.String(),
    other: Type.String(),
    village: Type.String({ description: 'where the other record lives' }),
    sameNik: Type.Boolean(),
  },
  strict,
)
export type FamilyPair = Static<typeof FamilyPair>

export const BeyondItem = Type.Object(
  {
    key: Type.String(),
    personId: Id,
    name: Type.String(),
    village: Type.String(),
    decides: Type.String({ description: 'the region whose office sees both' }),
    foundAt: Type.String({ format: 'date-time' }),
    referredAt: nullable(Type.String({ format: 'date-time' })),
  },
  strict,
)
export type BeyondItem = Static<typeof BeyondItem>

export const Scan = Type.Object(
  {
    state: Type.Enum(['waiting', 'running', 'done', 'failed']),
    askedAt: Type.String({ format: 'date-time' }),
    finishedAt: nullable(Type.String({ format: 'date-time' })),
    persons: Type.Integer(),
    donePersons: Type.Integer(),
    found: Type.Integer(),
  },
  strict,
)
export type Scan = Static<typeof Scan>

export const Pairs = Type.Object(
  {
    items: Type.Array(PairItem),
    more: Type.Boolean(),
    page: Type.Integer(),
    beyond: Type.Array(BeyondItem),
    scan: nullable(Scan),
    mayScan: Type.Boolean(),
  },
  strict,
)
export type Pairs = Static<typeof Pairs>

export const PairParams = Type.Object({ left: Id, right: Id }, strict)
export const MergeParams = Type.Object({ id: Id }, strict)

/** What is chosen field by field when two records become one. `family`: where the person lives, with the place in the family. */
export const mergeFields = [
  'name',
  'nik',
  'birthDate',
  'birthPlace',
  'sex',
  'motherName',
  'maritalStatus',
  'schooling',
  'schoolLevel',
  'work',
  'status',
  'family',
] as const
export type MergeField = (typeof mergeFields)[number]

export const PairPerson = Type.Object(
  {
    id: Id,
    name: Type.String(),
    nik: nullable(Type.String({ description: 'masked' })),
    birthDate: nullable(Type.String()),
    birthPlace: nullable(Type.String()),
    sex: nullable(Type.String()),
    motherName: nullable(Type.String()),
    maritalStatus: nullable(Type.String()),
    schooling: nullable(Type.String()),
    schoolLevel: nullable(Type.String()),
    work: nullable(Type.String()),
    status: Type.String(),
    diedOn: nullable(Type.String()),
    relationship: nullable(Type.String()),
    village: Type.String(),
    regionCode: Type.String(),
    family: nullable(
      Type.Object(
        {
          id: Id,
          kkNumber: nullable(Type.String({ description: 'masked' })),
          address: nullable(Type.String()),
          rt: nullable(Type.String()),
          rw: nullable(Type.String()),
          members: Type.Array(Type.Object({ name: Type.String(), relationship: nullable(Type.String()) }, strict)),
        },
        strict,
      ),
    ),
    assistance: Type.Array(
      Type.Object(
        { programme: Type.String(), from: Type.String(), to: nullable(Type.String()), ofPerson: Type.Boolean() },
        strict,
      ),
    ),
    history: Type.Array(Type.Object({ kind: Type.String(), on: Type.String(), source: Type.String() }, strict)),
  },
  strict,
)
export type PairPerson = Static<typeof PairPerson>

export const Pair = Type.Object(
  {
    left: PairPerson,
    right: PairPerson,
    probability: Type.Number(),
    evidence: Type.Array(FieldEvidence),
    state: PairState,
    reason: nullable(Type.String()),
    /** fields that both know and that differ: to be chosen when merging */
    toChoose: Type.Array(Type.Enum([...mergeFields])),
    merge: nullable(Type.Object({ id: Id, keptId: Id, mergedAt: Type.String({ format: 'date-time' }) }, strict)),
    can: Type.Array(Type.Enum(['merge', 'different', 'undo'])),
  },
  strict,
)
export type Pair = Static<typeof Pair>

const Reason = Type.String({ minLength: 5, maxLength: 500 })
export const ReasonBody = Type.Object({ reason: Reason }, strict)
export const MergeBody = Type.Object(
  {
    keep: Type.Enum(['left', 'right'], { description: 'whose record goes on' }),
    choose: Type.Optional(
      Type.Partial(
        Type.Object(Object.fromEntries(mergeFields.map((field) => [field, Type.Enum(['left', 'right'])])), strict),
        {
          description: 'field → whose value; without a choice the kept one, or the only one known',
        },
      ),
    ),
    reason: Reason,
  },
  strict,
)
export type MergeBody = {
  keep: 'left' | 'right'
  choose?: Partial<Record<MergeField, 'left' | 'right'>>
  reason: string
}

export const ReferBody = Type.Object({ key: Type.String({ pattern: '^[0-9a-f]{64}$' }) }, strict)

export const reportKinds = ['regions', 'same_nik', 'two_families', 'dead_receiving'] as const
export type ReportKind = (typeof reportKinds)[number]
export const ReportParams = Type.Object({ kind: Type.Enum([...reportKinds]) }, strict)
export const ReportQuery = Type.Object({ region: PairsQuery.properties.region }, strict)
export const ReportRow = Type.Object(
  {
    region: Type.String(),
    regionName: Type.String(),
    /** regions: pairs; otherwise 1 */
    count: Type.Integer(),
    first: nullable(Type.String({ description: 'name' })),
    second: nullable(Type.String()),
    nik: nullable(Type.String({ description: 'masked' })),
    programme: nullable(Type.String()),
    day: nullable(Type.String({ description: 'day of death' })),
    leftId: nullable(Id),
    rightId: nullable(Id),
  },
  strict,
)
export type ReportRow = Static<typeof ReportRow>
export const Report = Type.Object({ rows: Type.Array(ReportRow), more: Type.Boolean() }, strict)
export type Report = Static<typeof Report>
