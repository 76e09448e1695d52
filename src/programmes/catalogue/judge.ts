import { Value } from 'typebox/value'
import type { Tx } from '#src/platform/db/index.ts'
import { questionnairesOn } from '#src/people/register/index.ts'
import { checkRule, FamilyFacts, readRule, type RuleDefinition, type RuleFault } from '../rules/index.ts'
import type { Example } from './schema.ts'

export type Judged = Example & { outcome: Example['expected'] | null; amount: number | null; passes: boolean }
export type Judgement = { faults: RuleFault[]; examples: Judged[] }

/** What is wrong with a rule, and what it says of its examples, by the survey forms in force on its first day. */
export async function judge(
  tx: Tx,
  version: { rule: RuleDefinition; valid_from: string },
  examples: readonly Example[],
): Promise<Judgement> {
  const forms = await questionnairesOn(tx, version.valid_from)
  const faults = checkRule(version.rule, forms)
  if (faults.length > 0)
    return { faults, examples: examples.map((one) => ({ ...one, outcome: null, amount: null, passes: false })) }
  const rule = readRule(version.rule, forms)
  return {
    faults,
    examples: examples.map((one) => {
      if (!Value.Check(FamilyFacts, one.facts)) return { ...one, outcome: null, amount: null, passes: false }
      const { outcome, amount } = rule.evaluate(one.facts, one.asOf)
      const passes = outcome === one.expected && (one.expectedAmount === null || one.expectedAmount === amount)
      return { ...one, outcome, amount, passes }
    }),
  }
}

/** What keeps a version from being published, as far as its rule and examples go. */
export function obstaclesOf({
  faults,
  examples,
}: Judgement): ('rule_faults' | 'examples_fail' | 'example_in_missing' | 'example_out_missing')[] {
  if (faults.length > 0) return ['rule_faults']
  const has = (expected: string) => examples.some((one) => one.expected === expected)
  return [
    ...(examples.some((one) => !one.passes) ? (['examples_fail'] as const) : []),
    ...(has('in') ? [] : (['example_in_missing'] as const)),
    ...(has('out') ? [] : (['example_out_missing'] as const)),
  ]
}
