import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import type { RuleFault } from './definition.ts'
import type { Field } from './facts.ts'
import type { RuleField } from './schema.ts'

/** A fault as a sentence a writer of rules understands, in their language. */
export function faultSentence({ code, values }: RuleFault, locale: Locale): string {
  const words = Object.fromEntries(
    Object.entries(values).map(([name, value]) =>
      typeof value === 'string' && /^(?:wanted|given|one|other)$/.test(name)
        ? [name, sentence(`rules_type_${value}`, locale)]
        : [name, typeof value === 'number' ? value.toLocaleString(locale) : value],
    ),
  )
  const { suggestion } = values
  const told = sentence(`rules_fault_${code}`, locale, words)
  return suggestion === undefined ? told : `${told} ${sentence('rules_fault_suggestion', locale, { suggestion })}`
}

/** Messages of the register that already name the values of a field. */
const prefixes: Readonly<Record<string, string>> = {
  status: 'register_status',
  sex: 'register_sex',
  relationship: 'register_rel',
  maritalStatus: 'register_marital',
  schooling: 'register_schooling',
  schoolLevel: 'register_level',
  disabilities: 'register_dis',
  ppks: 'register_ppks',
}

/** A field with its words in the reader's language. */
export function presentField({ of, name, type, always, sealed, title, labels }: Field, locale: Locale): RuleField {
  const item = type.kind === 'list' ? type.of : type
  const values =
    item.kind === 'text' && item.values
      ? item.values
      : name === 'ppks'
        ? Array.from({ length: 26 }, (_, at) => String(at + 1))
        : undefined
  const prefix = prefixes[name]
  const label = (value: string) =>
    labels?.[value]?.[locale] ?? (prefix === undefined ? value : sentence(`${prefix}_${value}`, locale))
  return {
    of,
    name,
    written: `${of === 'family' ? 'family' : 'm'}.${name}`,
    type: type.kind,
    ...(type.kind === 'list' && { items: type.of.kind }),
    ...(item.kind === 'int' && { min: item.min, max: item.max }),
    ...(values && { values: values.map((value) => ({ value, label: label(value) })) }),
    always,
    sealed,
    title: title?.[locale] ?? sentence(`rules_field_${of}_${name}`, locale),
  }
}
