import { Type, type Static, type TSchema } from 'typebox'
import { draftOf } from '#src/platform/drafts/schema.ts'
import { FileWhat, Kind, Period, ProposalFile, Removal, State } from './schema-proposal.ts'

/** What the proposer sees and types; part of schema.ts. */

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })

/** The whole path in plain words; offices by name, people never. */
export const TrackedProposal = Type.Object({
  number: Type.String(),
  kind: Kind,
  removal: Nullable(Removal),
  state: State,
  programmeCode: Nullable(Type.String()),
  reason: Type.String(),
  submittedAt: Instant,
  period: Period,
  cutOff: Type.Integer(),
  regionPath: Type.String(),
  timeZone: Type.String(),
  confidential: Type.Boolean(),
  waitingForYou: Type.Boolean(),
  events: Type.Array(
    Type.Object({
      at: Instant,
      kind: Type.String(),
      byCitizen: Type.Boolean(),
      office: Nullable(Type.String()),
      body: Nullable(Type.String()),
    }),
  ),
  files: Type.Array(ProposalFile),
  can: Type.Array(Type.Enum(['complete', 'add_file', 'withdraw'])),
})
export type TrackedProposal = Static<typeof TrackedProposal>

/** A proposal somebody without an account is typing. */
export const ProposalDraft = draftOf({ what: FileWhat })
export type ProposalDraft = Static<typeof ProposalDraft>
