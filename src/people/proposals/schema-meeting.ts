import { Type, type Static, type TSchema } from 'typebox'
import { Period, ProposalItem } from './schema-proposal.ts'

/** What crosses the wire about village meetings; part of schema.ts. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const Uuid = Type.String({ format: 'uuid' })
const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', maxLength: 13 })
const Reason = Type.String({ minLength: 3, maxLength: 2000 })
const version = Type.Optional(
  Type.Integer({ description: 'The version the caller saw; 409 when it changed meanwhile' }),
)

export const NewMeeting = Type.Object(
  {
    id: Type.Optional(Uuid),
    regionCode: VillageCode,
    basis: Type.Enum(['meeting', 'statement'], { description: 'statement: SPTJM instead of a meeting' }),
    heldOn: Day,
    place: Type.String({ minLength: 3, maxLength: 200 }),
    period: Type.Optional(Period),
    /** everything of the month that waits goes on the agenda at once */
    collect: Type.Optional(Type.Boolean()),
  },
  strict,
)
export type NewMeeting = Static<typeof NewMeeting>
export const MeetingItem = Type.Object({
  id: Uuid,
  regionCode: Type.String(),
  regionName: Type.String(),
  period: Period,
  basis: Type.Enum(['meeting', 'statement']),
  heldOn: Day,
  place: Type.String(),
  state: Type.Enum(['open', 'closed']),
  items: Type.Integer(),
  decided: Type.Integer(),
})
export type MeetingItem = Static<typeof MeetingItem>
export const Decision = Type.Enum(['accepted', 'declined', 'postponed'])
export type Decision = Static<typeof Decision>
export const AgendaItem = Type.Object({
  proposal: ProposalItem,
  reason: Type.String(),
  position: Type.Integer(),
  decision: Nullable(Type.Enum(['accepted', 'declined', 'postponed', 'withdrawn'])),
  decisionReason: Nullable(Type.String()),
  mayDecide: Type.Boolean(),
})
export type AgendaItem = Static<typeof AgendaItem>
export const Attendance = Type.Object({
  id: Uuid,
  name: Type.String(),
  capacity: Type.String(),
  signed: Type.Boolean(),
})
export type Attendance = Static<typeof Attendance>
export const NewAttendance = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 120 }),
    capacity: Type.String({ minLength: 1, maxLength: 120, description: 'Ketua RW 05' }),
    signed: Type.Boolean({ description: 'On the paper list' }),
  },
  strict,
)
export type NewAttendance = Static<typeof NewAttendance>
export const MeetingPaper = Type.Object({
  id: Uuid,
  kind: Type.Enum(['minutes', 'statement', 'signed']),
  number: Nullable(Type.String()),
  code: Nullable(Type.String()),
  name: Type.String(),
  issuedAt: Instant,
})
export type MeetingPaper = Static<typeof MeetingPaper>
export const Meeting = Type.Intersect([
  MeetingItem,
  Type.Object({
    regionPath: Type.String(),
    version: Type.Integer(),
    agenda: Type.Array(AgendaItem),
    attendance: Type.Array(Attendance),
    papers: Type.Array(MeetingPaper),
    /** proposals of the village that could be put on the agenda */
    waiting: Type.Array(ProposalItem),
    can: Type.Array(Type.Enum(['put_on_agenda', 'attend', 'close', 'issue_paper', 'upload_signed'])),
  }),
])
export type Meeting = Static<typeof Meeting>
export const DecideAct = Type.Object(
  { proposalId: Uuid, decision: Decision, reason: Type.Optional(Reason), version },
  strict,
)
export type DecideAct = Static<typeof DecideAct>
