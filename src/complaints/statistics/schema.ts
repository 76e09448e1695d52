import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionKind, RegionRef, Tier } from '#src/regions/schema.ts'
import { Class, Door } from '../schema.ts'

/** What crosses the wire about statistics. Counts are of complaints; months 'YYYY-MM'; shares from 0 to 1, null of nothing. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Share = Nullable(Type.Number({ minimum: 0, maximum: 1 }))
const Median = Nullable(
  Type.Integer({ minimum: 0, description: 'Whole working days from filing to the answer; exact' }),
)

/** Lowest first: the ladder a complaint climbs. */
export const tiers = ['village', 'district', 'regency', 'province', 'nation'] as const

export const MonthText = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' })
export const Months = Type.Object(
  {
    from: Type.Optional(MonthText),
    to: Type.Optional(MonthText),
  },
  {
    ...strict,
    description: 'Complaints filed from the first to the last of these months; twelve months up to now unless told',
  },
)
export type Months = Static<typeof Months>

export const RegionParams = Type.Object({ regionCode: RegionCode }, strict)

const Place = Type.Object(
  {
    code: RegionCode,
    name: Type.String(),
    kind: RegionKind,
    lat: Nullable(Type.Number()),
    lon: Nullable(Type.Number()),
  },
  strict,
)
export type Place = Static<typeof Place>

const Named = Type.Object({ code: Type.String(), name: Type.String(), count: Count }, strict)

export const Statistics = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef, { description: 'The regions above that the reader may open, the uppermost first' }),
    from: MonthText,
    to: MonthText,
    totals: Type.Object(
      {
        filed: Count,
        open: Count,
        overdue: Count,
        overdueShare: Share,
        settled: Count,
        rejected: Count,
        withdrawn: Count,
        joined: Count,
        answered: Count,
        medianDays: Median,
        satisfied: Count,
        rated: Count,
        satisfiedShare: Share,
      },
      strict,
    ),
    tiers: Type.Array(
      Type.Object({ tier: Tier, open: Count, overdue: Count, answered: Count, answeredShare: Share }, strict),
      { description: 'Lowest first. answeredShare: of all answers, those given at this tier' },
    ),
    matters: Type.Array(Named, {
      description: 'Most frequent first; a code with a dot is part of the group before the dot',
    }),
    programmes: Type.Array(Named, { description: 'An empty code: no programme was named' }),
    classes: Type.Array(Type.Object({ class: Class, count: Count }, strict)),
    doors: Type.Array(Type.Object({ door: Door, count: Count }, strict)),
    trend: Type.Array(Type.Object({ month: MonthText, filed: Count, answered: Count }, strict), {
      description: 'filed in the month; answered in the month, whenever filed',
    }),
    children: Type.Array(
      Type.Object(
        {
          region: Place,
          filed: Count,
          open: Count,
          overdue: Count,
          overdueShare: Share,
          answered: Count,
          medianDays: Median,
          answeredBelowShare: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
            description: 'Of its answers, those given within it: they did not have to climb to the region of this page',
          }),
          satisfiedShare: Share,
        },
        strict,
      ),
      { description: 'Every region directly beneath, by code' },
    ),
  },
  strict,
)
export type Statistics = Static<typeof Statistics>

/** A number the public may see, or not. */
export const Figure = Type.Object(
  {
    n: Nullable(Count),
    hidden: Type.Boolean({ description: 'A small number, or one that would give a small number away' }),
  },
  strict,
)
export type Figure = Static<typeof Figure>
const NamedFigure = Type.Object({ code: Type.String(), name: Type.String(), count: Figure }, strict)

export const PublicQuery = Type.Object({ year: Type.Optional(Type.Integer({ minimum: 2000, maximum: 2999 })) }, strict)

export const PublicStatistics = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef),
    year: Type.Integer(),
    years: Type.Array(Type.Integer(), { description: 'Years there are figures of, the latest first' }),
    asOf: Nullable(
      Type.String({ format: 'date-time', description: 'The moment the figures are of; null: none published yet' }),
    ),
    smallestShown: Type.Integer({ description: 'Counts above zero and below this are hidden' }),
    totals: Type.Object(
      {
        filed: Figure,
        open: Figure,
        overdue: Figure,
        settled: Figure,
        rejected: Figure,
        withdrawn: Figure,
        joined: Figure,
        answered: Figure,
        medianDays: Median,
        satisfiedShare: Share,
      },
      strict,
    ),
    tiers: Type.Array(Type.Object({ tier: Tier, open: Figure, overdue: Figure, answered: Figure }, strict)),
    matters: Type.Array(NamedFigure, { description: 'Groups of matters' }),
    programmes: Type.Array(NamedFigure),
    classes: Type.Array(Type.Object({ class: Class, count: Figure }, strict)),
    doors: Type.Array(Type.Object({ door: Door, count: Figure }, strict)),
    trend: Type.Array(Type.Object({ month: MonthText, filed: Figure }, strict)),
    children: Type.Array(
      Type.Object(
        { region: Place, filed: Figure, open: Figure, overdue: Figure, answered: Figure, medianDays: Median },
        strict,
      ),
    ),
  },
  strict,
)
export type PublicStatistics = Static<typeof PublicStatistics>

export const ExportQuery = Type.Object({ format: Type.Enum(['csv', 'xlsx']), ...Months.properties }, strict)
