import { columnOf, type PersonAlias } from './columns.ts'
import type { Part } from './part.ts'
import type { RuleSource } from './rule.ts'

/* Where in a statement an expression stands, and what it finds there. */

/** Where an expression stands. */
export type Place = {
  source: RuleSource
  /** alias of the family, and the id by which its members are found */
  family: string
  familyId: string
  /** people and single values that loops go through */
  names: ReadonlyMap<string, PersonAlias | string>
  /** a loop over the members that is asked for a whole set at once: gives columns instead of subqueries */
  loops?: Loops
  next: { alias: number; work: number }
  /** told when the family itself is looked at from beside one of its members, taken from the whole set */
  familyNeeded?: () => void
}

/** What is asked of the members that pass `passes`, once all of `decided` is true of every member. */
export type Loop = {
  sealed: boolean
  passes: string[]
  decided: string[]
  ask:
    | { kind: 'any'; of: string }
    | { kind: 'every'; of: string }
    | { kind: 'count'; of: string | null }
    /** true: of one `of` is true. false: of all it is false. */
    | { kind: 'told'; of: string; is: boolean }
}

/** Gives the condition or count; `familyNeeded` as in a place. */
export type Loops = { over: (loop: Loop) => string; familyNeeded: () => void }

export class TooMuchSql extends Error {}
/** Steps of translation for one expression: a part that stands in both conditions of its parent is translated twice. */
const MOST_WORK = 4000

export const both = (...conditions: string[]): string =>
  conditions.length === 0 ? 'true' : `(${conditions.join(' and ')})`
export const either = (...conditions: string[]): string => `(${conditions.join(' or ')})`

export function worked(place: Place): void {
  if (++place.next.work > MOST_WORK) throw new TooMuchSql('too much')
}

export const personOf = (name: string, place: Place): PersonAlias => {
  const alias = place.names.get(name)
  if (typeof alias !== 'object') throw new Error('a person')
  return alias
}

export function valueOfField(part: Part & { kind: 'field' | 'has' }, place: Place): string {
  if (part.of !== 'family') return columnOf(part.field, personOf(part.of, place), place.source.asOf)
  place.familyNeeded?.()
  return columnOf(part.field, place.family, place.source.asOf)
}
