import { Type, type TSchema } from 'typebox'
import { eventKinds, sources } from './change.ts'

/* What families and persons are made of on the wire. */

export const strict = { additionalProperties: false }
export const Uuid = Type.String({ format: 'uuid' })
export const Day = Type.String({ format: 'date' })
export const Instant = Type.String({ format: 'date-time' })
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const Maybe = <T extends TSchema>(schema: T) => Type.Optional(schema)
export const Number16 = Type.String({ pattern: '^[0-9]{16}$', description: '16 digits, always as text' })
export const RtRw = Type.String({ pattern: '^[0-9]{1,3}$' })
export const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', maxLength: 13 })
export const Answers = Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,59}$' }), Type.Unknown(), {
  description: 'By the questionnaire in force; null takes an answer away',
})

export const EventKind = Type.Enum([...eventKinds])
export const Source = Type.Enum([...sources])
/** What somebody at a desk may name as the source; the others belong to the work that records them. */
export const DeskSource = Type.Enum(['village', 'pillar', 'citizen', 'civil_registry', 'survey', 'office'])
export const FamilyStatus = Type.Enum(['active', 'graduated', 'moved_out', 'dissolved', 'merged', 'not_found'])
export const PersonStatus = Type.Enum(['active', 'dead', 'moved_out', 'merged', 'not_found'])
export const Relationship = Type.Enum([
  'head',
  'spouse',
  'child',
  'child_in_law',
  'grandchild',
  'parent',
  'parent_in_law',
  'other_relative',
  'other',
])
export const Work = Type.Enum([
  'complaint',
  'proposal',
  'meeting',
  'field_check',
  'correction',
  'campaign',
  'linkage',
  'rights',
  'service',
  'other',
])

export const ppks = Type.Array(Type.Integer({ minimum: 1, maximum: 26 }), { maxItems: 26, uniqueItems: true })
export const sealedFields = {
  disabilities: Type.Array(Type.Enum(['physical', 'intellectual', 'mental', 'visual', 'hearing', 'speech']), {
    maxItems: 6,
    uniqueItems: true,
  }),
  pregnant: Type.Boolean(),
  dueMonth: Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: "'2027-03'" }),
  chronicIllnesses: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { maxItems: 10 }),
  ppks,
  answers: Answers,
}
export const personFields = {
  nik: Number16,
  name: Type.String({ minLength: 1, maxLength: 120 }),
  birthDate: Day,
  birthPlace: Type.String({ minLength: 1, maxLength: 80 }),
  sex: Type.Enum(['female', 'male']),
  relationship: Relationship,
  motherName: Type.String({ minLength: 1, maxLength: 120 }),
  maritalStatus: Type.Enum(['single', 'married', 'divorced', 'widowed']),
  schooling: Type.Enum(['none', 'attending', 'finished', 'left']),
  schoolLevel: Type.Enum(['early', 'primary', 'junior', 'senior', 'higher']),
  work: Type.String({ minLength: 1, maxLength: 80 }),
  ppks,
  answers: Answers,
}
export const familyFields = {
  kkNumber: Number16,
  address: Type.String({ minLength: 1, maxLength: 300 }),
  rt: RtRw,
  rw: RtRw,
  decile: Type.Integer({ minimum: 1, maximum: 10, description: '1 is the lowest' }),
  decileSource: Type.String({ minLength: 1, maxLength: 120 }),
  decilePeriod: Type.String({ minLength: 4, maxLength: 20, description: "'2026-Q3'" }),
  answers: Answers,
  checkedOn: Day,
}

export type Fields = Record<string, TSchema>
export const optional = <F extends Fields>(fields: F) => Type.Partial(Type.Object(fields), strict)
