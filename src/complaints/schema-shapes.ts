import { Type, type TSchema } from 'typebox'

/** Shapes the schemas of complaints are made of. */

export const strict = { additionalProperties: false }
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const Instant = Type.String({ format: 'date-time' })
export const Uuid = Type.String({ format: 'uuid' })
