import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'
import { RoundBrief } from '../rounds/schema.ts'

/** What crosses the wire about asking afterwards. Money in rupiah, moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const Money = Type.Integer({ minimum: 0, maximum: 100_000_000_000, description: 'rupiah' })

export const askingDoors = ['message', 'visit'] as const
export const NewAsking = Type.Object(
  {
    id: Type.Optional(Uuid),
    door: Type.Enum([...askingDoors]),
    size: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    seed: Type.Optional(
      Type.String({
        pattern: '^[0-9a-z-]{1,40}$',
        description: 'The same seed draws the same families; drawn by chance unless told',
      }),
    ),
  },
  {
    ...strict,
    description: 'A sample of the deliveries of the round that nobody was asked about, in proportion by village',
  },
)
export type NewAsking = Static<typeof NewAsking>

/**
 * What became of the message to a family, the furthest it or its reminder came. `none`: drawn for a visit; `no_channel`: the installation
 * sent nothing when it was drawn, codes were handed on by hand; `cancelled`: answered before it was sent.
 */
export const messageStands = ['waiting', 'sent', 'delivered', 'read', 'failed', 'cancelled', 'no_contact', 'no_channel', 'none'] as const // prettier-ignore
export const MessageStands = Type.Enum([...messageStands])
export type MessageStands = Static<typeof MessageStands>

const answers = {
  answered: Nullable(Count),
  waiting: Nullable(Count),
  notMet: Nullable(Type.Integer({ minimum: 0, description: 'Visited, nobody was there' })),
  received: Nullable(Type.Integer({ minimum: 0, description: 'Of those who answered' })),
  notReceived: Nullable(Count),
  cuts: Nullable(Type.Integer({ minimum: 0, description: 'Say something was taken or asked for' })),
  cutTotal: Nullable(Type.Integer({ minimum: 0, description: 'rupiah' })),
  meanCut: Nullable(Type.Integer({ minimum: 0, description: 'rupiah, of those who answered' })),
  disputed: Nullable(Count),
}
const tally = {
  asked: Count,
  ...answers,
  reached: Type.Integer({ minimum: 0, description: 'Their message arrived or was read' }),
  unreached: Type.Integer({ minimum: 0, description: 'No message reached them, nobody answered, it is still time: to be visited' }), // prettier-ignore
  visited: Type.Integer({ minimum: 0, description: 'Drawn by message, visited instead' }),
  reminded: Count,
}
export const Askings = Type.Object(
  {
    round: RoundBrief,
    items: Type.Array(
      Type.Object(
        {
          id: Uuid,
          door: Type.Enum([...askingDoors]),
          size: Count,
          drawn: Count,
          population: Count,
          seed: Type.String(),
          closesOn: Day,
          madeAt: Instant,
          madeBy: Nullable(Type.String()),
        },
        strict,
      ),
    ),
    all: Type.Object(
      {
        ...tally,
        messages: Type.Array(Type.Object({ stands: MessageStands, count: Count }, strict), {
          description: 'Every question is in exactly one; those without any are left out',
        }),
      },
      strict,
    ),
    villages: Type.Array(
      Type.Object({ code: RegionCode, name: Type.String(), hidden: Type.Boolean(), ...tally }, strict),
      {
        description: 'Villages with too few answers show how many were asked and nothing else',
      },
    ),
    small: Type.Integer({ description: 'Fewer answers than this are hidden' }),
    mayAsk: Type.Boolean(),
  },
  strict,
)
export type Askings = Static<typeof Askings>

export const QuestionsQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(['waiting', 'answered', 'not_met'])),
    disputed: Type.Optional(Type.Boolean()),
    received: Type.Optional(Type.Boolean({ description: 'What they said' })),
    cut: Type.Optional(Type.Boolean({ description: 'What they said' })),
    door: Type.Optional(Type.Enum([...askingDoors])),
    message: Type.Optional(MessageStands),
    reach: Type.Optional(
      Type.Enum(['reached', 'unreached', 'visited'], {
        description: 'A message reached them; none did and they can be visited instead; they are visited instead',
      }),
    ),
    reminded: Type.Optional(Type.Boolean()),
    asking: Type.Optional(Type.String({ format: 'uuid', description: 'Drawn in this sample' })),
    region: Type.Optional(RegionCode),
    after: Type.Optional(Type.String({ pattern: '^[0-9.]{13}_[0-9a-f-]{36}$', description: 'The `next` of a page' })),
  },
  strict,
)
export type QuestionsQuery = Static<typeof QuestionsQuery>
export const Question = Type.Object(
  {
    askingId: Uuid,
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.String(),
    timeZone: Type.String(),
    door: Type.Enum([...askingDoors], { description: 'How they are asked now' }),
    visitSince: Nullable(Type.String({ format: 'date-time', description: 'Visited because no message reached them' })),
    message: Type.Object(
      {
        stands: MessageStands,
        at: Nullable(Type.String({ format: 'date-time', description: 'Since when; of one that waits, from when on it is sent' })), // prettier-ignore
        fault: Nullable(Type.String({ description: 'Why it did not arrive' })),
        remindedAt: Nullable(Instant),
      },
      strict,
    ),
    state: Type.Enum(['waiting', 'answered', 'not_met']),
    code: Nullable(Type.String({ description: 'For the letter or message, while it waits' })),
    expected: Money,
    received: Nullable(Type.Boolean()),
    amount: Nullable(Money),
    cut: Nullable(Type.Boolean()),
    cutAmount: Nullable(Money),
    note: Nullable(Type.String()),
    channel: Nullable(Type.Enum(['message', 'visit'])),
    answeredAt: Nullable(Instant),
    disputed: Type.Boolean(),
    complaintId: Nullable(Uuid),
  },
  strict,
)
export type Question = Static<typeof Question>
export const Questions = Type.Object(
  {
    items: Type.Array(Question),
    next: Nullable(Type.String()),
    total: Type.Integer({ minimum: 0, description: 'Of the filter, on all pages' }),
    cutTotal: Type.Integer({ minimum: 0, description: 'rupiah: what they said was taken, on all pages' }),
    at: Type.String({ format: 'date-time', description: 'When this was so' }),
  },
  strict,
)
export type Questions = Static<typeof Questions>

export const VisitUnreached = Type.Object(
  { region: Type.Optional(RegionCode) },
  { ...strict, description: 'Unless told, all of one’s region' },
)
export const Visited = Type.Object({ visited: Count, villages: Count }, strict)
export type Visited = Static<typeof Visited>

/** Before anybody is drawn: who can be reached. */
export const Askable = Type.Object(
  {
    channels: Type.Array(Type.Enum(['whatsapp', 'email']), { description: 'What this installation can send by' }),
    sendsForReal: Type.Boolean({ description: 'False: a demonstration, nothing leaves it' }),
    delivered: Type.Integer({ minimum: 0, description: 'Deliveries nobody was asked about yet' }),
    reachable: Type.Integer({ minimum: 0, description: 'Of them: gave a contact for one of the channels, and agreed' }),
    villages: Type.Array(
      Type.Object({ code: RegionCode, name: Type.String(), delivered: Count, reachable: Count }, strict),
    ),
  },
  strict,
)
export type Askable = Static<typeof Askable>
export const AskableQuery = Type.Object(
  {
    reachable: Type.Optional(Type.Boolean()),
    region: Type.Optional(RegionCode),
    after: Type.Optional(Type.String({ pattern: '^[0-9.]{13}_[0-9a-f-]{36}$', description: 'The `next` of a page' })),
  },
  strict,
)
export type AskableQuery = Static<typeof AskableQuery>
export const AskableFamilies = Type.Object(
  {
    round: RoundBrief,
    items: Type.Array(
      Type.Object(
        {
          familyId: Uuid,
          payeeName: Type.String(),
          village: Type.Object({ code: RegionCode, name: Type.String() }, strict),
          reachable: Type.Boolean(),
        },
        strict,
      ),
    ),
    total: Count,
    next: Nullable(Type.String()),
  },
  strict,
)
export type AskableFamilies = Static<typeof AskableFamilies>

/** The three questions. */
export const AskingAnswer = Type.Object(
  {
    received: Type.Boolean(),
    amount: Type.Optional(Money),
    cut: Type.Optional(Type.Boolean({ description: 'Was anything taken off, or asked for' })),
    cutAmount: Type.Optional(Money),
    note: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { ...strict, description: 'Received: how much and whether anything was taken are required' },
)
export type AskingAnswer = Static<typeof AskingAnswer>
export const CodeAnswer = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 64 }), ...AskingAnswer.properties },
  strict,
)
export const AskedQuestion = Type.Object(
  {
    programme: Type.String(),
    period: Type.String(),
    village: Type.String(),
    state: Type.Enum(['waiting', 'answered', 'closed']),
    closesOn: Day,
  },
  strict,
)
export type AskedQuestion = Static<typeof AskedQuestion>
export const Answered = Type.Object(
  {
    disputed: Type.Boolean(),
    complaint: Nullable(
      Type.Object({ number: Type.String(), secret: Type.String() }, { ...strict, description: 'What to follow it by' }),
    ),
  },
  strict,
)
export type Answered = Static<typeof Answered>

export const VisitTask = Type.Object(
  {
    askingId: Uuid,
    familyId: Uuid,
    roundName: Type.String(),
    programme: Type.String(),
    period: Type.String(),
    village: Type.String(),
    payeeName: Type.String(),
    address: Nullable(Type.String()),
    rt: Nullable(Type.String()),
    rw: Nullable(Type.String()),
    closesOn: Day,
  },
  strict,
)
export type VisitTask = Static<typeof VisitTask>
export const VisitTasks = Type.Array(VisitTask)
export const VisitAnswer = Type.Union([AskingAnswer, Type.Object({ notMet: Type.Literal(true) }, strict)])
