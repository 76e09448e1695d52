import { type Static, Type } from 'typebox'

export * from './rules/schema.ts'

/** A programme of assistance a complaint can be about. */
export const Programme = Type.Object(
  {
    code: Type.String(),
    name: Type.String({ description: 'What people call it' }),
    fullName: Type.String(),
    regionCode: Type.String({ description: "Who runs it: '00' the nation, else a region" }),
  },
  { $id: 'Programme', additionalProperties: false },
)
export type Programme = Static<typeof Programme>
