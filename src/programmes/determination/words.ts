import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import type { RuleDefinition } from '../rules/index.ts'
import type { Reason } from './schema.ts'

/** Places of the bits that are set: conditions of the rule. */
const placesOf = (bits: number, rule: RuleDefinition) => rule.conditions.filter((_, at) => (bits & (1 << at)) !== 0)

export const codesOf = (bits: number, rule: RuleDefinition): string[] => placesOf(bits, rule).map((one) => one.code)

/** Why a family stands where it stands, for people: which conditions it does not meet, and of which it cannot be told. */
export function reasonSentences(
  standing: { reason: Reason; failed: number; missing: number; rank: number | null },
  rule: RuleDefinition,
  locale: Locale,
): string[] {
  const nameOf = (one: { name: string; nameEn: string }) => (locale === 'en' ? one.nameEn : one.name)
  switch (standing.reason) {
    case 'condition':
      return placesOf(standing.failed, rule).map((one) =>
        sentence('determination_why_condition', locale, { condition: nameOf(one) }),
      )
    case 'data_missing':
      return placesOf(standing.missing, rule).map((one) => {
        const data = dataOf(one.cel, locale)
        return data.length > 0
          ? sentence('determination_why_data', locale, { condition: nameOf(one), data: data.join(', ') })
          : sentence('determination_why_data_missing', locale, { condition: nameOf(one) })
      })
    case 'quota':
      return [sentence('determination_why_quota', locale, { rank: standing.rank ?? 0 })]
    case 'eligible':
    case 'held':
    case 'entitled':
      return [sentence(`determination_why_${standing.reason}`, locale)]
  }
}

/** What a condition asks for, in words: the fields it names. */
function dataOf(cel: string, locale: Locale): string[] {
  const named = [...cel.matchAll(/\b(family|[a-z][a-zA-Z0-9_]*)\.([a-z][a-zA-Z]+)\b(?!\s*\()/g)].map(
    ([, of, field]) => `${of === 'family' ? 'family' : 'member'}_${field}`,
  )
  return [...new Set(named)]
    .map((one) => ({ key: `rules_field_${one}`, word: sentence(`rules_field_${one}`, locale) }))
    .filter(({ word }) => word !== sentence('rules_field_unknown_unknown', locale))
    .map(({ word }) => word.toLocaleLowerCase(locale))
}
