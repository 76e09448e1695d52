import type { RuleDefinition, RuleFault } from './definition.ts'
import type { Forms } from './facts.ts'
import type { Rule } from './rule.ts'

/** Everything that is wrong with a rule, by the survey forms in force; nothing: it can be asked. */
export function checkRule(_definition: RuleDefinition, _forms: Forms): RuleFault[] {
  throw new Error('not built yet')
}

/** A rule that can be asked of families. Throws the problem `rule_faulty` (409) when it has faults. */
export function readRule(_definition: RuleDefinition, _forms: Forms): Rule {
  throw new Error('not built yet')
}
