import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode, RegionKind, RegionRef } from '#src/regions/schema.ts'

/** How well assistance reaches whom it is meant for, as complaints, objections, field checks and deliveries tell. Days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Day = Type.String({ format: 'date' })
const Share = Nullable(Type.Number({ minimum: 0, maximum: 1, description: 'null: nothing to compare with' }))

/**
 * What tells of an error. Said: somebody says so. Seen: somebody went there. Confirmed: the register or the list was put right.
 * not_listed, checked_out, enrolled: of families left out; listed_wrongly, checked_in, at_door, removed, held: of families let in.
 */
export const signals = [
  'not_listed',
  'checked_out',
  'enrolled',
  'listed_wrongly',
  'checked_in',
  'at_door',
  'removed',
  'held',
] as const
export type Signal = (typeof signals)[number]

export const TargetingQuery = Type.Object(
  {
    from: Type.Optional(
      Type.String({ format: 'date', description: 'The first day; a year before the last when absent' }),
    ),
    to: Type.Optional(Type.String({ format: 'date', description: 'The last day; today when absent' })),
    programme: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,30}$', maxLength: 30 })),
  },
  strict,
)
export type TargetingQuery = Static<typeof TargetingQuery>

const figures = {
  signals: Type.Array(Type.Object({ signal: Type.Enum([...signals]), count: Count }, strict)),
  entitled: Type.Integer({ minimum: 0, description: 'Families with an entitlement in this time' }),
  exclusion: Type.Union([Share], {
    description: 'Undercoverage: enrolled after all / (entitled + enrolled after all)',
  }),
  inclusion: Type.Union([Share], { description: 'Leakage: removed or held out / (entitled + held out)' }),
}
export const Targeting = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef, { description: 'The regions above that the reader may open, the uppermost first' }),
    from: Day,
    to: Day,
    ...figures,
    deciles: Type.Array(Type.Object({ decile: Nullable(Type.Integer()), families: Count, entitled: Count }, strict), {
      description: 'Active families and those entitled, by their decile now; null: not known',
    }),
    months: Type.Array(
      Type.Object({ month: Type.String(), onTime: Count, late: Count, undelivered: Count, open: Count }, strict),
      {
        description:
          'Entitlements of rounds that were to end in that month; on time: handed over by the last day of the round',
      },
    ),
    children: Type.Array(
      Type.Object(
        { region: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict), ...figures },
        strict,
      ),
    ),
  },
  strict,
)
export type Targeting = Static<typeof Targeting>

export const rowKinds = [
  ...signals,
  'entitled',
  'families',
  'inclusion',
  'on_time',
  'late',
  'undelivered',
  'open',
] as const
export const RowsQuery = Type.Object(
  {
    ...TargetingQuery.properties,
    kind: Type.Enum([...rowKinds], { description: 'The figure whose rows are asked for' }),
    decile: Type.Optional(
      Type.String({
        pattern: '^([1-9]|10|unknown)$',
        description: 'Of those entitled, or of all families: of this decile now',
      }),
    ),
    after: Type.Optional(Type.String({ maxLength: 120, description: 'Goes on where a page ended: its `next`' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type RowsQuery = Static<typeof RowsQuery>
export const TargetingRows = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          number: Nullable(
            Type.String({ description: 'Of the complaint, proposal, list or round; null: a family that is on none' }),
          ),
          day: Day,
          regionName: Type.String(),
          programmeCode: Nullable(Type.String()),
          subject: Type.Enum(['complaint', 'proposal', 'determination', 'round', 'family']),
          subjectId: Type.String({ format: 'uuid' }),
          familyId: Nullable(Type.String({ format: 'uuid' })),
        },
        strict,
      ),
    ),
    next: Nullable(Type.String()),
  },
  strict,
)
export type TargetingRows = Static<typeof TargetingRows>
