import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about the goods of a round. Quantities are whole units of the programme's goods. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000_000 })
const Whole = Type.Integer()

export const stockKinds = ['received', 'moved', 'handed_out', 'returned', 'damaged'] as const
export const StockKind = Type.Enum([...stockKinds])
export type StockKind = Static<typeof StockKind>

export const NewPlace = Type.Object(
  {
    id: Type.Optional(Uuid),
    regionCode: RegionCode,
    name: Type.String({ minLength: 2, maxLength: 160, pattern: '\\S' }),
  },
  strict,
)
export type NewPlace = Static<typeof NewPlace>

/** Where goods come from (from) and go to (to): received only to, moved both, the others only from. */
export const NewMovement = Type.Object(
  {
    id: Uuid,
    kind: Type.Enum(['received', 'moved', 'returned', 'damaged']),
    item: Type.String({ minLength: 1, maxLength: 40 }),
    quantity: Quantity,
    from: Type.Optional(Uuid),
    to: Type.Optional(Uuid),
    toStop: Type.Optional(
      Type.String({ format: 'uuid', description: 'Instead of `to`: a stop, whose place is made when it has none' }),
    ),
    on: Type.String({ format: 'date' }),
    ref: Type.Optional(Type.String({ maxLength: 80 })),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    belowZero: Type.Optional(
      Type.Boolean({ description: 'Write it down although less is known to be there; a note must say why' }),
    ),
  },
  strict,
)
export type NewMovement = Static<typeof NewMovement>

const sums = {
  received: Whole,
  movedIn: Whole,
  movedOut: Whole,
  handedOut: Whole,
  returned: Whole,
  damaged: Whole,
  balance: Type.Integer({ description: 'received + movedIn − movedOut − handedOut − returned − damaged' }),
}
const Movement = Type.Object(
  {
    id: Uuid,
    kind: StockKind,
    item: Type.String(),
    unit: Type.String(),
    quantity: Whole,
    from: Nullable(Type.String()),
    to: Nullable(Type.String()),
    on: Type.String({ format: 'date' }),
    ref: Nullable(Type.String()),
    note: Nullable(Type.String()),
    familyId: Nullable(Type.String({ format: 'uuid', description: 'To whom it was handed out' })),
  },
  strict,
)
const Item = Type.Object({ item: Type.String(), name: Type.String(), unit: Type.String(), ...sums }, strict)
export const Stock = Type.Object(
  {
    items: Type.Array(Item, { description: 'Of all places the reader sees together' }),
    places: Type.Array(
      Type.Object(
        {
          id: Uuid,
          name: Type.String(),
          regionCode: RegionCode,
          region: Type.String(),
          stopId: Nullable(Uuid),
          items: Type.Array(Item),
        },
        strict,
      ),
    ),
    movements: Type.Array(Movement, { description: 'The last fifty, without what was handed out' }),
    more: Type.Boolean({ description: 'There are more places than the 500 shown' }),
  },
  strict,
)
export type Stock = Static<typeof Stock>

/** The columns of the balance, and the balance itself. */
export const stockColumns = ['received', 'movedIn', 'movedOut', 'handedOut', 'returned', 'damaged', 'balance'] as const
export type StockColumn = (typeof stockColumns)[number]
export const MovementsQuery = Type.Object(
  {
    item: Type.String({ maxLength: 40 }),
    column: Type.Enum([...stockColumns], { description: 'The number whose movements are asked for' }),
    place: Type.Optional(Type.String({ format: 'uuid', description: 'All places together when absent' })),
    after: Type.Optional(Type.String({ format: 'uuid', description: 'Goes on where a page ended: its `next`' })),
  },
  strict,
)
export type MovementsQuery = Static<typeof MovementsQuery>
export const Movements = Type.Object({ items: Type.Array(Movement), next: Nullable(Type.String()) }, strict)
export type Movements = Static<typeof Movements>
