import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false }
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const SearchBody = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 200,
      description:
        'Whatever is known: NIK, family card, name, birth date, address with RT and RW, region; in any order',
    }),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  },
  strict,
)
export type SearchBody = Static<typeof SearchBody>

const UnderstoodKind = Type.Enum([
  'nik_or_kk',
  'number_part',
  'name',
  'birth_date',
  'birth_year',
  'rt_rw',
  'address',
  'region',
])
export const Understood = Type.Object({ kind: UnderstoodKind, text: Type.String() }, strict)
export type Understood = Static<typeof Understood>

/** One person, only so much that the right one can be told from the others. */
export const Hit = Type.Object(
  {
    personId: Type.String({ format: 'uuid' }),
    familyId: nullable(Type.String({ format: 'uuid' })),
    name: Type.String(),
    nik: nullable(Type.String({ description: 'masked: 327505******9001' })),
    birthYear: nullable(Type.String()),
    rt: nullable(Type.String()),
    rw: nullable(Type.String()),
    village: Type.String(),
    head: nullable(Type.String({ description: 'name of the head of the family' })),
    status: Type.Enum(['active', 'dead', 'moved_out', 'not_found']),
    isClose: Type.Boolean({ description: 'Not exactly what was asked, but close to it' }),
  },
  strict,
)
export type Hit = Static<typeof Hit>

export const Narrow = Type.Enum(['something', 'name', 'second_name', 'birth_date', 'region', 'number'])
export type Narrow = Static<typeof Narrow>

export const Found = Type.Object(
  {
    understood: Type.Array(Understood),
    hits: Type.Array(Hit),
    page: Type.Integer(),
    more: Type.Boolean(),
    narrow: Type.Array(Narrow, { description: 'What to add so that more, or fewer, can be found' }),
  },
  strict,
)
export type Found = Static<typeof Found>
