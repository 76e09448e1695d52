import { Type, type Static } from 'typebox'
import { draftOf } from '#src/platform/drafts/schema.ts'
import { Attachment, Letter, OfficeRef } from './schema-case.ts'
import { Class, State } from './schema-codes.ts'
import { Instant, Nullable } from './schema-shapes.ts'

/** What the citizen sees and types. */

/** The whole path in plain words; offices by name, people never. */
export const Tracking = Type.Object({
  number: Type.String(),
  state: State,
  class: Class,
  matter: Type.String(),
  matterNameId: Type.String(),
  matterNameEn: Type.String(),
  programmeCode: Nullable(Type.String()),
  body: Type.String(),
  filedAt: Instant,
  regionPath: Type.String(),
  timeZone: Type.String(),
  office: OfficeRef,
  passedOver: Nullable(Type.String()),
  respondBy: Nullable(Instant),
  settleBy: Nullable(Instant),
  lapsesAt: Nullable(Instant),
  waitingForYou: Type.Boolean(),
  overdue: Type.Boolean(),
  joined: Type.Boolean({ description: 'Handled together with another complaint; its answers are shown here too' }),
  satisfied: Nullable(Type.Boolean()),
  events: Type.Array(
    Type.Object({
      at: Instant,
      kind: Type.String(),
      byCitizen: Type.Boolean(),
      office: Nullable(Type.String()),
      toOffice: Nullable(Type.String()),
      body: Nullable(Type.String()),
    }),
  ),
  attachments: Type.Array(Attachment),
  letters: Type.Array(Letter),
  can: Type.Array(Type.Enum(['reply', 'add_evidence', 'withdraw', 'satisfied', 'reopen'])),
})
export type Tracking = Static<typeof Tracking>

/** A complaint somebody without an account is typing. */
export const Draft = draftOf({})
export type Draft = Static<typeof Draft>
