import { type Static, Type } from 'typebox'
import { Instant, Maybe, Nullable, strict, Uuid } from '../register/schema-fields.ts'

/* What crosses the wire about how families can be reached. Numbers and addresses are masked in every answer but `Revealed`. */

export const ContactKind = Type.Enum(['whatsapp', 'email'])
export const ContactSource = Type.Enum(['desk', 'handover', 'citizen'])
export const EndReason = Type.Enum(['wrong', 'changed', 'stopped', 'replaced'])

export const Contact = Type.Object(
  {
    id: Uuid,
    kind: ContactKind,
    masked: Type.String(),
    personId: Nullable(Uuid),
    personName: Nullable(Type.String({ description: 'Whose it is, when of this family or seen by the reader' })),
    agreedAt: Nullable(Type.String({ format: 'date-time', description: 'Null: no message goes there by itself' })),
    source: ContactSource,
    recordedAt: Instant,
    recordedBy: Nullable(Type.String({ description: 'Name, when of an office one works in or supervises' })),
    endedAt: Nullable(Instant),
    endedBy: Nullable(Type.String()),
    endReason: Nullable(EndReason),
  },
  strict,
)
export type Contact = Static<typeof Contact>
/** Those in use first, then the newest. */
export const Contacts = Type.Object({ items: Type.Array(Contact) }, strict)
export type Contacts = Static<typeof Contacts>

export const NewContact = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Made by the sender: sent twice, it is kept once' }),
    kind: ContactKind,
    value: Type.String({ minLength: 1, maxLength: 200, description: 'As it is typed' }),
    personId: Maybe(
      Type.String({ format: 'uuid', description: 'A member; absent: told for the family, or a neighbour’s' }),
    ),
    agreed: Type.Boolean({ description: 'The family agrees to be written to' }),
    replaces: Maybe(Type.Boolean({ description: 'What is in use of this kind ends' })),
  },
  strict,
)
export type NewContact = Static<typeof NewContact>
export const AgreementAct = Type.Object({ agreed: Type.Boolean() }, strict)
/** `replaced` is what a newer contact does to an older one. */
export const endReasons = ['wrong', 'changed', 'stopped'] as const
export const EndAct = Type.Object({ reason: Type.Enum([...endReasons]) }, strict)
