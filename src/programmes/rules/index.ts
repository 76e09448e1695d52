export { registerThen, type Then } from './as-of.ts'
export { checkRule, readRule } from './read-rule.ts'
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
