import type { RawBuilder } from 'kysely'
import type { RuleAnswer, RuleOutcome } from './definition.ts'
import type { DatedFacts, FamilyFacts } from './facts.ts'
import type { Explained } from './schema.ts'

/**
 * Which families a statement is about, and where it reads: regions from `from` until before `to` (a scope, as in `scopeEnd`); 'now' the
 * register itself, right only where `asOf` is today; else the temporary tables that `registerThen` made (as-of.ts).
 */
export type RuleSource = { asOf: string; from: string; to: string; tables: 'now' | RegisterThen }

/** Names of temporary tables of the running transaction: the register as it was on a day, as it was believed at a moment. */
export type RegisterThen = { family: string; person: string; sealed: string; knownAt: Date }

/** What the statement says of one active family; r1 … rn are its ranking. */
export type RuleRow = {
  family_id: string
  region_code: string
  outcome: RuleOutcome
  failed: number
  missing: number
  amount: number
  persons: number
  [rank: `r${number}`]: number | string | boolean | null
}

/** A rule that was checked and can be asked. */
export type Rule = {
  /** One statement, without parameters, that gives a row for each active family of the source. `unsure`: with that column too. */
  select(source: RuleSource, options?: { unsure?: boolean }): RawBuilder<RuleRow>
  /** The same answer for one family. */
  evaluate(facts: FamilyFacts, asOf: string): RuleAnswer
  /** The same, with each part of the rule, what it came to, and what it looked at. */
  explain(dated: DatedFacts, asOf: string): Explained
  /** Columns of each table it reads, besides those that hold the tables together: what `registerThen` copies. */
  columns: Readonly<Record<'family' | 'person' | 'sealed', readonly string[]>>
  /** Whether it looks at data about health and other specific personal data. */
  sealed: boolean
  /** `order by` of its ranking over the columns r1 … rn: 'r1 desc nulls last, r2 asc nulls last'; '' without a ranking. */
  order: string
}
