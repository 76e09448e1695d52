import { Type, type Static, type TSchema } from 'typebox'
import { FileWhat, Kind, Period, ProposalFile, Removal, State } from './schema-proposal.ts'

/** What the proposer sees and types; part of schema.ts. */

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Uuid = Type.String({ format: 'uuid' })

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

/** What the citizen has typed so far; every field may be missing or wrong until it is sent. */
export const DraftContent = Type.Record(
  Type.String({ pattern: '^[a-zA-Z.0-9]{1,60}$' }),
  Type.String({ maxLength: 6000 }),
  { maxProperties: 120 },
)
export const ProposalDraft = Type.Object({
  id: Uuid,
  content: DraftContent,
  files: Type.Array(
    Type.Object({ id: Uuid, what: FileWhat, name: Type.String(), mediaType: Type.String(), bytes: Type.Integer() }),
  ),
  expiresAt: Instant,
})
export type ProposalDraft = Static<typeof ProposalDraft>
