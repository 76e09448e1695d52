export { registerThen, type Then } from './as-of.ts'
export { checkRule, readRule } from './read-rule.ts'
export { assistanceOf } from './leaves.ts'
export { runExamples } from './examples.ts'
export { ruleRoutes } from './routes.ts'
export { faultSentence } from './words.ts'
export { readFacts } from './read-facts.ts'
export type { RegisterThen, Rule, RuleRow, RuleSource } from './rule.ts'
export * from './schema.ts'
export {
  type DatedFacts,
  type FactsSince,
  type Field,
  fieldsOf,
  type FieldType,
  type Forms,
  type MemberFacts,
} from './facts.ts'
