export { checkRule, readRule } from './read-rule.ts'
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
