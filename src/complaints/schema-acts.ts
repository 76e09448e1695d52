import { Type } from 'typebox'
import { Class, OfficeId } from './schema-codes.ts'
import { Nullable, strict, Uuid } from './schema-shapes.ts'

/** What an act on a case brings. */

const version = Type.Optional(
  Type.Integer({ description: 'The version the caller saw; 409 when it changed meanwhile' }),
)
const Words = Type.String({ minLength: 1, maxLength: 5000 })
const Reason = Type.String({ minLength: 3, maxLength: 2000 })

export const PlainAct = Type.Object({ version }, strict)
export const WordsAct = Type.Object({ body: Words, version }, strict)
export const ReasonAct = Type.Object({ reason: Reason, version }, strict)
export const AssignAct = Type.Object({ assigneeId: Nullable(Uuid), version }, strict)
export const ReferAct = Type.Object({ toOffice: Type.Optional(OfficeId), reason: Reason, version }, strict)
export const JoinAct = Type.Object({ toId: Uuid, version }, strict)
export const RecommendAct = Type.Object(
  {
    act: Type.Enum(['answer', 'refer_up', 'refer_sideways', 'reject']),
    toOffice: Type.Optional(OfficeId),
    body: Words,
    version,
  },
  strict,
)
export const ReclassifyAct = Type.Object(
  {
    class: Class,
    matter: Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)?$', maxLength: 60 }),
    programmeCode: Nullable(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })),
    reason: Reason,
    version,
  },
  strict,
)
export const RevealAct = Type.Object(
  { seq: Type.Integer({ minimum: 0, maximum: 100 }), field: Type.Enum(['nik', 'kkNumber', 'phone']), reason: Reason },
  strict,
)
export const BulkAssign = Type.Object(
  { ids: Type.Array(Uuid, { minItems: 1, maxItems: 200, uniqueItems: true }), assigneeId: Nullable(Uuid) },
  strict,
)
export const LetterAct = Type.Object({ kind: Type.Enum(['referral', 'answer', 'receipt']) }, strict)
