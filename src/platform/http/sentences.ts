import * as messages from '#messages'
import type { Locale } from './locale.ts'

type Message = (params: Record<string, string | number>, options: { locale: Locale }) => string

/** The sentence of a message key that is only known at run time; a general one when the key has none. */
export function sentence(key: string, locale: Locale, params: Record<string, string | number> = {}): string {
  const all = messages as unknown as Record<string, Message | undefined>
  const message = all[key] ?? all[key.startsWith('field_') ? 'field_invalid' : 'problem_invalid_request']
  return message ? message(params, { locale }) : key
}
