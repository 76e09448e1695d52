import { Type, type Static, type TSchema } from 'typebox'
import { FamilyFacts, Member } from './schema-proposal.ts'

/* What is put right in a proposal. A field that is left out stays as it is, null takes it away; numbers come masked, so they are left out. */

const strict = { additionalProperties: false }
const Uuid = Type.String({ format: 'uuid' })
/** One schema of two types where it can be, because then a fault is told in one sentence. */
const orNull = <T extends TSchema>(schema: T) =>
  Type.Optional(
    Type.Unsafe<Static<T> | null>(
      'type' in schema ? { ...schema, type: [schema.type, 'null'] } : Type.Union([schema, Type.Null()]),
    ),
  )
const { name, ...facts } = Member.properties
const clearable = {
  nik: orNull(facts.nik),
  birthDate: orNull(facts.birthDate),
  birthPlace: orNull(facts.birthPlace),
  sex: orNull(facts.sex),
  relationship: orNull(facts.relationship),
  motherName: orNull(facts.motherName),
  maritalStatus: orNull(facts.maritalStatus),
  schooling: orNull(facts.schooling),
  schoolLevel: orNull(facts.schoolLevel),
  work: orNull(facts.work),
}

/** With the id somebody has in the proposal: what is known of them changes. Without one: somebody more. */
export const AmendedMember = Type.Object({ id: Type.Optional(Uuid), name, ...clearable }, strict)
export type AmendedMember = Static<typeof AmendedMember>
export const AmendedCorrection = Type.Object({ personId: Uuid, name: orNull(name), ...clearable }, strict)
export type AmendedCorrection = Static<typeof AmendedCorrection>
const { kkNumber, address, rt, rw } = FamilyFacts.properties
export const AmendedFamily = Type.Object(
  { kkNumber: orNull(kkNumber), address: orNull(address), rt: orNull(rt), rw: orNull(rw) },
  strict,
)

export const AmendAct = Type.Object(
  {
    familyId: Type.Optional(Uuid),
    personId: Type.Optional(Uuid),
    family: Type.Optional(AmendedFamily),
    members: Type.Optional(
      Type.Array(AmendedMember, { maxItems: 20, description: 'All of them: whoever is left out is proposed no more' }),
    ),
    corrections: Type.Optional(Type.Array(AmendedCorrection, { maxItems: 20 })),
    reason: Type.String({ minLength: 3, maxLength: 2000 }),
    version: Type.Optional(Type.Integer({ description: 'The version the caller saw; 409 when it changed meanwhile' })),
  },
  strict,
)
export type AmendAct = Static<typeof AmendAct>
