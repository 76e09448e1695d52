import { readRule } from './read-rule.ts'
import type { Forms } from './facts.ts'
import type { ExampleRun, RuleExample } from './schema.ts'
import type { RuleDefinition } from './definition.ts'

/** Asks a rule about invented families: whether it answers what is expected of each. Throws `rule_faulty` (409) for a faulty rule. */
export function runExamples(definition: RuleDefinition, forms: Forms, examples: readonly RuleExample[]): ExampleRun[] {
  const rule = readRule(definition, forms)
  return examples.map(({ name, asOf, facts, expected, expectedAmount }) => {
    const answer = rule.evaluate(facts, asOf)
    const differences = [
      ...(answer.outcome === expected ? [] : (['outcome'] as const)),
      ...(expectedAmount === undefined || expectedAmount === null || answer.amount === expectedAmount
        ? []
        : (['amount'] as const)),
    ]
    return {
      name,
      passed: differences.length === 0,
      differences,
      expected,
      expectedAmount: expectedAmount ?? null,
      answer,
      failed: codes(definition, answer.failed),
      missing: codes(definition, answer.missing),
    }
  })
}

const codes = ({ conditions }: RuleDefinition, bits: number): string[] =>
  conditions.filter((_, at) => (bits & (2 ** at)) !== 0).map(({ code }) => code)
