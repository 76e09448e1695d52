import { Type, type Static } from 'typebox'
import {
  Day,
  DeskSource,
  familyFields,
  type Fields,
  Instant,
  Maybe,
  Nullable,
  Number16,
  optional,
  personFields,
  Relationship,
  RtRw,
  sealedFields,
  strict,
  Uuid,
  VillageCode,
  Work,
} from './schema-fields.ts'

/* What is sent to change the register. */

/** Each field may be given, or null to take it away. Two types in one schema: of a union the first would turn null into false or [0]. */
const patchOf = (fields: Fields) =>
  Type.Object(
    Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => {
        const type = (schema as { type?: unknown }).type
        const orNull =
          typeof type === 'string' ? Type.Unsafe<unknown>({ ...schema, type: [type, 'null'] }) : Nullable(schema)
        return [name, Type.Optional(orNull)]
      }),
    ),
    strict,
  )

/** A person as typed in; kinds 16, 17, 19 and 25 of PPKS go into `sealed`. */
export const PersonInput = Type.Object(
  {
    ...Type.Partial(Type.Object(personFields)).properties,
    id: Maybe(Type.String({ format: 'uuid', description: 'Made by the client' })),
    name: personFields.name,
    sealed: Maybe(optional(sealedFields)),
  },
  strict,
)
export type PersonInput = Static<typeof PersonInput>

/** Of every act: when it holds from, who says so, and on what grounds. */
const grounds = {
  id: Maybe(Type.String({ format: 'uuid', description: 'Made by the client: sending it twice records it once' })),
  effectiveOn: Type.String({ format: 'date', description: 'The day it took effect, not after today' }),
  reportedOn: Maybe(Day),
  source: DeskSource,
  sourceRef: Maybe(Type.String({ minLength: 1, maxLength: 60, description: 'Number of a certificate, a proposal …' })),
  note: Maybe(Type.String({ maxLength: 1000 })),
  evidence: Maybe(Type.Array(Uuid, { maxItems: 10 })),
}
export const Grounds = Type.Object(grounds, strict)
export type Grounds = Static<typeof Grounds>

export const NewFamily = Type.Object(
  {
    ...grounds,
    familyId: Maybe(Uuid),
    regionCode: VillageCode,
    family: optional(familyFields),
    members: Type.Array(PersonInput, {
      minItems: 1,
      maxItems: 30,
      description: 'Exactly one has the relationship "head"',
    }),
    payee: Maybe(Type.Integer({ minimum: 0, maximum: 29, description: 'Place of the payee among the members' })),
  },
  strict,
)
export type NewFamily = Static<typeof NewFamily>

export const NewMember = Type.Object(
  {
    ...grounds,
    kind: Type.Enum(['born', 'moved_in', 'married', 'divorced', 'registered']),
    person: PersonInput,
  },
  strict,
)
export type NewMember = Static<typeof NewMember>

const newHead = Maybe(
  Type.String({ format: 'uuid', description: 'Who becomes head, when the head is the one who goes' }),
)
export const DeathAct = Type.Object({ ...grounds, personId: Uuid, headId: newHead }, strict)
export type DeathAct = Static<typeof DeathAct>
export const LeavingAct = Type.Object(
  { ...grounds, kind: Type.Enum(['moved_out', 'married', 'divorced', 'not_found']), personId: Uuid, headId: newHead },
  strict,
)
export type LeavingAct = Static<typeof LeavingAct>

export const MoveAct = Type.Object(
  {
    ...grounds,
    regionCode: VillageCode,
    address: Maybe(Nullable(familyFields.address)),
    rt: Maybe(Nullable(RtRw)),
    rw: Maybe(Nullable(RtRw)),
    kkNumber: Maybe(Number16),
  },
  strict,
)
export type MoveAct = Static<typeof MoveAct>

const Role = Type.Object({ personId: Uuid, relationship: Relationship }, strict)
const relationships = Maybe(Type.Array(Role, { maxItems: 30, description: 'To the head, where they change' }))
export const SplitAct = Type.Object(
  {
    ...grounds,
    members: Type.Array(Uuid, { minItems: 1, maxItems: 30, uniqueItems: true, description: 'Who goes' }),
    headId: Type.String({ format: 'uuid', description: 'Head of the new family' }),
    remainingHeadId: Maybe(Type.String({ format: 'uuid', description: 'Who becomes head here, when the head goes' })),
    familyId: Maybe(Type.String({ format: 'uuid', description: 'Of the new family' })),
    family: optional({ ...familyFields, regionCode: VillageCode }),
    relationships,
  },
  strict,
)
export type SplitAct = Static<typeof SplitAct>
export const JoinAct = Type.Object(
  {
    ...grounds,
    fromFamilyId: Type.String({ format: 'uuid', description: 'All of its members join this family' }),
    relationships,
  },
  strict,
)
export type JoinAct = Static<typeof JoinAct>
export const HeadAct = Type.Object({ ...grounds, headId: Uuid, relationships }, strict)
export type HeadAct = Static<typeof HeadAct>
export const PayeeAct = Type.Object({ ...grounds, payeeId: Nullable(Uuid) }, strict)
export type PayeeAct = Static<typeof PayeeAct>

/** What is found out about the family as a whole. */
export const FamilyFactsAct = Type.Object(
  {
    ...grounds,
    kind: Type.Enum([
      'surveyed',
      'kk_changed',
      'income_rose',
      'income_fell',
      'able',
      'decile_set',
      'disaster_loss',
      'not_found',
    ]),
    facts: patchOf(familyFields),
  },
  strict,
)
export type FamilyFactsAct = Static<typeof FamilyFactsAct>
export const PersonFactsAct = Type.Object(
  {
    ...grounds,
    personId: Uuid,
    kind: Type.Enum([
      'surveyed',
      'married',
      'divorced',
      'nik_changed',
      'pregnant',
      'gave_birth',
      'disability',
      'chronic_illness',
      'ppks',
      'school_entered',
      'school_finished',
      'school_left',
      'work_started',
      'laid_off',
    ]),
    facts: Maybe(patchOf(personFields)),
    sealed: Maybe(patchOf(sealedFields)),
  },
  strict,
)
export type PersonFactsAct = Static<typeof PersonFactsAct>

export const CorrectionAct = Type.Object(
  {
    ...grounds,
    effectiveOn: Maybe(
      Type.String({ format: 'date', description: 'The day of the event that is corrected when absent' }),
    ),
    subjectId: Type.String({ format: 'uuid', description: 'The family itself or one of its people' }),
    seq: Type.Integer({ minimum: 1, description: 'Number of the event' }),
    facts: Maybe(
      Type.Union([patchOf(familyFields), patchOf(personFields)], {
        description: 'What was wrong in it, as it should have been; without facts the event is taken back',
      }),
    ),
    sealed: Maybe(patchOf(sealedFields)),
  },
  strict,
)
export type CorrectionAct = Static<typeof CorrectionAct>
export const TakeBackAct = Type.Object({ ...grounds, effectiveOn: Maybe(Day), changeId: Uuid }, strict)
export type TakeBackAct = Static<typeof TakeBackAct>

export const OpenAct = Type.Object(
  {
    reason: Type.String({ minLength: 5, maxLength: 300 }),
    work: Work,
    workRef: Maybe(Type.String({ minLength: 1, maxLength: 60, description: 'Number of the complaint, proposal …' })),
  },
  strict,
)
export const Opened = Type.Object({ id: Uuid, expiresAt: Instant })

export const RevealAct = Type.Object({ reason: Type.String({ minLength: 5, maxLength: 300 }) }, strict)
export const Revealed = Type.Object({ value: Type.String() })

export const CheckAct = Type.Object({ accept: Type.Boolean(), reason: Maybe(Type.String({ maxLength: 1000 })) }, strict)
