import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'
import { ProgrammeCode } from '../catalogue/schema.ts'

/* What crosses the wire about places of an approved list that became free and are given to who waits. Money in rupiah. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Count = Type.Integer({ minimum: 0 })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })
const Village = Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict)

/** Why somebody who waits is passed over. */
export const passes = ['dead', 'moved', 'not_found', 'ended', 'double', 'entitled', 'refused'] as const
export type Pass = (typeof passes)[number]

export const Candidate = Type.Object(
  {
    familyId: Uuid,
    rank: Type.Integer({ description: 'By the ranking of the list, as it was frozen' }),
    headName: Nullable(Type.String()),
    payeeName: Type.String(),
    nik: Nullable(Type.String({ description: 'Masked' })),
    village: Village,
    amount: Amount,
    persons: Count,
    why: Nullable(
      Type.Enum([...passes], { description: 'Why not: what the register says since, or that a head refused it' }),
    ),
  },
  strict,
)
export type Candidate = Static<typeof Candidate>

/** Of one approved list: how many places are free, and whose turn it is. */
export const NextAddition = Type.Object(
  {
    quota: Nullable(Type.Integer()),
    withdrawn: Type.Integer({ minimum: 0, description: 'Entitlements of the list that were taken back' }),
    free: Type.Integer({ minimum: 0, description: 'Of these places nobody was proposed or approved for' }),
    proposed: Count,
    approved: Count,
    replaces: Nullable(Type.Object({ familyId: Uuid, payeeName: Type.String() }, strict)),
    next: Nullable(Candidate),
    passed: Type.Array(Candidate, { description: 'Who stands before by rank and is passed over' }),
    mayPropose: Type.Boolean(),
    mayReadPaper: Type.Boolean(),
  },
  strict,
)
export type NextAddition = Static<typeof NextAddition>

export const NewAddition = Type.Object(
  {
    id: Type.Optional(Uuid),
    familyId: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'Who was shown as the next; refused when it is somebody else by now',
      }),
    ),
    note: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  strict,
)
export type NewAddition = Static<typeof NewAddition>

export const additionStates = ['proposed', 'approved', 'refused', 'retracted'] as const
export type AdditionState = (typeof additionStates)[number]
export const additionActs = ['approve', 'refuse', 'retract'] as const
export type AdditionAct = (typeof additionActs)[number]

export const Addition = Type.Object(
  {
    id: Uuid,
    determination: Type.Object({ id: Uuid, number: Type.String(), decreeNumber: Type.String() }, strict),
    programmeCode: ProgrammeCode,
    programmeName: Type.String(),
    period: Type.String(),
    number: Nullable(Type.String({ description: 'Of its paper, once approved: the decree’s with T1, T2 …' })),
    familyId: Uuid,
    payeeName: Type.String(),
    village: Village,
    rank: Type.Integer(),
    amount: Amount,
    persons: Count,
    replaces: Type.Object({ familyId: Uuid, payeeName: Type.String() }, strict),
    passed: Type.Array(Type.Object({ familyId: Uuid, rank: Type.Integer(), why: Type.Enum([...passes]) }, strict), {
      description: 'Who stood before by rank when it was proposed',
    }),
    note: Nullable(Type.String()),
    state: Type.Enum([...additionStates]),
    proposedBy: Nullable(Type.String()),
    proposedAt: Instant,
    decidedBy: Nullable(Type.String()),
    decidedAt: Nullable(Instant),
    decideNote: Nullable(Type.String()),
    can: Type.Array(Type.Enum([...additionActs])),
  },
  strict,
)
export type Addition = Static<typeof Addition>

export const AdditionsQuery = Type.Object(
  {
    list: Type.Optional(Uuid),
    state: Type.Optional(Type.Enum([...additionStates])),
    mine: Type.Optional(Type.Literal('decide', { description: 'Only what waits for the reader’s decision' })),
    after: Type.Optional(Type.String({ format: 'uuid', description: 'Goes on where a page ended: its `next`' })),
  },
  { ...strict, description: 'Of the reader’s region; the latest first' },
)
export type AdditionsQuery = Static<typeof AdditionsQuery>
export const Additions = Type.Object({ items: Type.Array(Addition), next: Nullable(Type.String()) }, strict)
export type Additions = Static<typeof Additions>
/** How many wait for the reader’s decision. */
export const AdditionsWaiting = Type.Object(
  { count: Type.Integer({ minimum: 0, maximum: 1000, description: 'Counted up to 1,000' }) },
  strict,
)
export type AdditionsWaiting = Static<typeof AdditionsWaiting>

export const AdditionDecided = Type.Object(
  {
    decision: Type.Enum([...additionActs]),
    note: Type.Optional(Type.String({ maxLength: 500, description: 'Why not, when it is refused' })),
  },
  strict,
)
export type AdditionDecided = Static<typeof AdditionDecided>
