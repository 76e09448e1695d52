import { type Static, type TProperties, Type } from 'typebox'

/** What somebody has typed so far; every field may be missing or wrong until it is sent. */
export const DraftContent = Type.Record(
  Type.String({ pattern: '^[a-zA-Z.0-9]{1,60}$' }),
  Type.String({ maxLength: 6000 }),
  { maxProperties: 120 },
)
export type DraftContent = Static<typeof DraftContent>

/** A draft as its page reads it; `more` is what is known of each file besides its name. */
export const draftOf = <More extends TProperties>(more: More) =>
  Type.Object({
    id: Type.String({ format: 'uuid' }),
    content: DraftContent,
    files: Type.Array(
      Type.Object({
        id: Type.String({ format: 'uuid' }),
        ...more,
        name: Type.String(),
        mediaType: Type.String(),
        bytes: Type.Integer(),
      }),
    ),
    expiresAt: Type.String({ format: 'date-time' }),
  })
