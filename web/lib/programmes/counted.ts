import type { RuleCount, RuleFigure } from '#src/programmes/determination/schema.ts'
import type { RuleDefinition } from '#src/programmes/rules/schema.ts'

/** A rule as it stood when it was counted, and where. */
export type CountedRule = { definition: RuleDefinition; regionCode: string; regionName: string }

/** What was counted, to come back to. */
export type Counted = {
  regionCode: string
  regionName: string
  counted: CountedRule | null
  count: RuleCount | null
}

/** A figure of a count that was opened; `condition`: code of the condition it is about. */
export type OpenedFigure = CountedRule & { figure: RuleFigure; condition?: string }
