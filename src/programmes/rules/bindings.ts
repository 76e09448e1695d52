import type { FamilyFacts, Field, FieldType, MemberFacts } from './facts.ts'

/*
 * The facts of a family as the evaluator takes them: maps whose missing keys are what is absent, whole numbers as bigint.
 */

export type Given = bigint | string | boolean | Given[] | Map<string, Given>
export type Bindings = { family: Map<string, Given>; members: Map<string, Given>[] }

/** The place of a member in the facts, under a name no expression can write. */
export const PLACE = '#'

/** Whole years and months on a day; 0 before the birth. Born on the 29th of February: a year older on the 1st of March. */
export function agesOn(birthDate: string, asOf: string): { age: number; ageMonths: number } {
  const of = (day: string, from: number, to: number) => Number(day.slice(from, to))
  const months = (of(asOf, 0, 4) - of(birthDate, 0, 4)) * 12 + of(asOf, 5, 7) - of(birthDate, 5, 7)
  const ageMonths = months - (of(birthDate, 8, 10) > of(asOf, 8, 10) ? 1 : 0)
  return { age: Math.max(0, Math.floor(ageMonths / 12)), ageMonths: Math.max(0, ageMonths) }
}

export function bindingsOf(facts: FamilyFacts, fields: readonly Field[], asOf: string): Bindings {
  return {
    family: bind(facts.family, 'family', fields),
    members: facts.members.map((member, place) => {
      const bound = bind(withAges(member, asOf), 'member', fields)
      bound.set(PLACE, BigInt(place))
      return bound
    }),
  }
}

function withAges(member: MemberFacts, asOf: string): MemberFacts {
  if (member.birthDate === undefined) return member
  const { age: _age, ageMonths: _months, ...rest } = member
  return { ...rest, ...agesOn(member.birthDate, asOf) }
}

function bind(given: Readonly<Record<string, unknown>>, of: Field['of'], fields: readonly Field[]): Map<string, Given> {
  const bound = new Map<string, Given>([
    ['answers', new Map()],
    ...(of === 'member' ? [['health', new Map()] as const] : []),
  ])
  for (const field of fields) {
    if (field.of !== of) continue
    const [first = '', second] = field.name.split('.')
    const at = second === undefined ? bound : bound.get(first)
    const raw = second === undefined ? given[first] : (given[first] as Record<string, unknown> | undefined)?.[second]
    const value = asType(raw, field.type)
    if (value !== undefined && at instanceof Map) at.set(second ?? first, value)
  }
  return bound
}

/** A value of its type; undefined where it is absent or of another, for forms change and answers stay. */
function asType(value: unknown, type: FieldType): Given | undefined {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? value : undefined
    case 'int':
      return Number.isInteger(value) && type.min <= Number(value) && Number(value) <= type.max
        ? BigInt(Number(value))
        : undefined
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'date':
      return typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value) ? value : undefined
    case 'list': {
      if (!Array.isArray(value)) return undefined
      const items = value.map((one) => asType(one, type.of))
      return items.every((one) => one !== undefined) ? items : undefined
    }
  }
}
