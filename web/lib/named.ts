import { getLocale } from '#locale'

/** Of what has two names, the one in the reader's language. */
export const nameOf = (one: { name: string; nameEn: string }): string => (getLocale() === 'en' ? one.nameEn : one.name)

/** Choices of a select, in the order the words stand in. */
export const optionsOf = (words: Readonly<Record<string, () => string>>): { value: string; label: string }[] =>
  Object.entries(words).map(([value, word]) => ({ value, label: word() }))
