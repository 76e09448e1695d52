import { type Static, Type } from 'typebox'
import { RegionCode, RegionKind, RegionRef } from '#src/regions/schema.ts'

/** What stands behind the figures of the register: regions beneath, then families and persons. */

const strict = { additionalProperties: false }
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.Union([Type.String({ format: 'uuid' }), Type.Null()])
const Text = Type.Union([Type.String(), Type.Null()])
const After = Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' }))

/** Families: active, lowest (deciles 1 to 4), decile. Persons: persons, ppks. */
export const pictureFigures = ['active', 'lowest', 'decile', 'persons', 'ppks'] as const
export const PictureFigure = Type.Enum([...pictureFigures])
export type PictureFigure = Static<typeof PictureFigure>

const figure = {
  figure: PictureFigure,
  key: Type.Optional(
    Type.String({ pattern: '^([0-9]{1,2}|unknown)$', description: 'Which decile, or which PPKS kind' }),
  ),
}
export const BehindQuery = Type.Object(figure, strict)
export type BehindQuery = Static<typeof BehindQuery>

/** Whether the rows are the reader's to see; where a region is too wide for rows, the regions beneath are. */
export const Listing = Type.Enum(['yes', 'too_wide', 'not_yours'])
export type Listing = Static<typeof Listing>

export const Behind = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef, { description: 'The regions above that the reader may open, the uppermost first' }),
    count: Count,
    children: Type.Array(
      Type.Object(
        { region: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict), count: Count },
        strict,
      ),
    ),
    listing: Listing,
  },
  strict,
)
export type Behind = Static<typeof Behind>

export const BehindRowsQuery = Type.Object({ ...figure, after: After }, strict)
export type BehindRowsQuery = Static<typeof BehindRowsQuery>

/** A family by its head, or a person; who they are is told by letters until the family is opened with a reason. */
const Row = {
  id: Type.String({ format: 'uuid', description: 'Of the family or person' }),
  familyId: Uuid,
  name: Text,
  regionCode: RegionCode,
  regionName: Type.String(),
  rt: Text,
  rw: Text,
}
export const BehindRow = Type.Object(Row, strict)
export type BehindRow = Static<typeof BehindRow>
export const BehindRows = Type.Object({ items: Type.Array(BehindRow), next: Text }, strict)
export type BehindRows = Static<typeof BehindRows>
