import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'
import { ProgrammeCode, Rule, VersionNumber } from '../catalogue/schema.ts'

/* Lists of who receives what, for a period. Money in rupiah, days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })
const Place = Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict)
const After = Type.Optional(Type.String({ maxLength: 200, description: 'Goes on where a page ended: its `next`' }))
const Next = Nullable(Type.String())

export const states = ['queued', 'running', 'made', 'submitted', 'approved', 'rejected', 'failed', 'cancelled'] as const
export type DeterminationState = (typeof states)[number]
export const outcomes = ['in', 'out', 'waiting'] as const
export type Outcome = (typeof outcomes)[number]
/** entitled: receives it already from another approved list of the same programme and period. */
export const reasons = ['eligible', 'condition', 'data_missing', 'quota', 'held', 'entitled'] as const
export type Reason = (typeof reasons)[number]

export const Period = Type.String({
  pattern: '^[0-9]{4}(-(0[1-9]|1[0-2]|B[1-6]|T[1-4]|S[12]))?$',
  description: "'2026-12' a month, '2026-B3' two months, '2026-T4' a quarter, '2026-S2' half a year, '2026' a year",
})

export const NewDetermination = Type.Object(
  {
    id: Type.Optional(Uuid),
    programmeCode: ProgrammeCode,
    version: Type.Optional(VersionNumber),
    period: Period,
    asOf: Type.Optional(
      Type.String({ format: 'date', description: 'The register as it was on this day; today unless told' }),
    ),
    regionCode: RegionCode,
    quota: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 100_000_000 }))),
  },
  strict,
)
export type NewDetermination = Static<typeof NewDetermination>

/** Counts of a list. `failed` and `missing`: families for which a condition is false, or cannot be told. */
export const Totals = Type.Object(
  {
    considered: Count,
    in: Count,
    out: Count,
    waiting: Count,
    amount: Type.Integer({ minimum: 0, description: 'rupiah, of those in' }),
    persons: Type.Integer({ minimum: 0, description: 'for whom the amounts are, of those in' }),
    reasons: Type.Array(Type.Object({ reason: Type.Enum([...reasons]), count: Count }, strict)),
    conditions: Type.Array(
      Type.Object(
        { code: Type.String(), name: Type.String(), nameEn: Type.String(), failed: Count, missing: Count },
        strict,
      ),
    ),
  },
  strict,
)
export type Totals = Static<typeof Totals>

export const DeterminationBrief = Type.Object(
  {
    id: Uuid,
    number: Type.String({ description: 'PEN-000123' }),
    programmeCode: ProgrammeCode,
    programmeName: Type.String(),
    version: VersionNumber,
    period: Type.String(),
    periodFrom: Day,
    periodTo: Day,
    region: Place,
    asOf: Day,
    quota: Nullable(Type.Integer()),
    state: Type.Enum([...states]),
    problem: Nullable(Type.String({ description: 'Why it failed: a code' })),
    considered: Count,
    in: Count,
    waiting: Count,
    amount: Amount,
    madeAt: Instant,
    madeBy: Nullable(Type.String()),
    decreeNumber: Nullable(Type.String()),
    decidedAt: Nullable(Instant),
  },
  strict,
)
export type DeterminationBrief = Static<typeof DeterminationBrief>

export const ListQuery = Type.Object(
  {
    programme: Type.Optional(ProgrammeCode),
    region: Type.Optional(RegionCode),
    state: Type.Optional(Type.Enum([...states])),
    after: After,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type ListQuery = Static<typeof ListQuery>
export const DeterminationList = Type.Object(
  {
    items: Type.Array(DeterminationBrief),
    next: Next,
    mayMake: Type.Boolean(),
  },
  strict,
)
export type DeterminationList = Static<typeof DeterminationList>

export const acts = ['hold', 'check', 'submit', 'approve', 'reject', 'cancel'] as const
export type Act = (typeof acts)[number]

export const Determination = Type.Object(
  {
    ...DeterminationBrief.properties,
    knownAt: Type.String({ format: 'date-time', description: 'The register as it was believed at this moment' }),
    verified: Type.Boolean({ description: 'Whether the version of the programme was checked against the law' }),
    unit: Type.String(),
    kind: Type.String(),
    /** null until it is made */
    totals: Nullable(Totals),
    rule: Rule,
    former: Nullable(
      Type.Object(
        { id: Uuid, number: Type.String(), period: Type.String(), decreeNumber: Nullable(Type.String()), in: Count },
        strict,
      ),
    ),
    submittedAt: Nullable(Instant),
    approvals: Type.Array(
      Type.Object(
        {
          name: Nullable(Type.String()),
          decision: Type.Enum(['approve', 'reject']),
          note: Nullable(Type.String()),
          decidedAt: Instant,
        },
        strict,
      ),
    ),
    approvalsNeeded: Type.Integer({ description: 'How many different people have to approve' }),
    decidedIn: Place,
    can: Type.Array(Type.Enum([...acts])),
    annex: Type.Boolean({ description: 'The annex of the decree can be fetched' }),
  },
  strict,
)
export type Determination = Static<typeof Determination>

// Deciding ----------------------------------------------------------------------------------------------------------------------

export const ApproveAct = Type.Object({ note: Type.Optional(Type.String({ maxLength: 1000 })) }, strict)
export const RejectAct = Type.Object({ note: Type.String({ minLength: 5, maxLength: 1000 }) }, strict)

// What a family is entitled to --------------------------------------------------------------------------------------------------

export const Entitlement = Type.Object(
  {
    determinationId: Uuid,
    number: Type.String(),
    decreeNumber: Type.String(),
    programmeCode: ProgrammeCode,
    programmeName: Type.String(),
    kind: Type.String(),
    period: Type.String(),
    periodFrom: Day,
    periodTo: Day,
    payeeName: Type.String(),
    amount: Amount,
    persons: Count,
    state: Type.Enum(['open', 'delivered', 'undelivered', 'cancelled']),
  },
  strict,
)
export type Entitlement = Static<typeof Entitlement>
