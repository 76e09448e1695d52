import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Channel } from './settings.ts'

export type Template = {
  key: string
  channel: Channel
  locale: 'id' | 'en'
  /** of WhatsApp: the name under which the provider approved it */
  providerName: string | null
  /** of e-mail */
  subject: string | null
  body: string
  /** in the order they stand under the message */
  buttons: readonly { key: string; title: string }[]
}

export const templateName = (key: string, channel: string, locale: string) => `${key} ${channel} ${locale}`

/** The templates in force, by {@link templateName}: of each the newest whose day has come. */
export async function readTemplates(tx: Tx, keys: readonly string[]): Promise<Map<string, Template>> {
  const rows = await tx
    .selectFrom('message_template')
    .distinctOn(['key', 'channel', 'locale'])
    .select(['key', 'channel', 'locale', 'provider_name', 'subject', 'body', 'buttons'])
    .where('key', 'in', [...new Set(keys), ''])
    .where('valid_from', '<=', sql<string>`acting_now()::date`)
    .orderBy('key')
    .orderBy('channel')
    .orderBy('locale')
    .orderBy('valid_from', 'desc')
    .execute()
  return new Map(
    rows.map((row) => [
      templateName(row.key, row.channel, row.locale),
      {
        key: row.key,
        channel: row.channel as Channel,
        locale: row.locale as 'id' | 'en',
        providerName: row.provider_name,
        subject: row.subject,
        body: row.body,
        buttons: buttonsOf(row.buttons),
      },
    ]),
  )
}

/** As the table's check and its rows promise them. */
const buttonsOf = (value: unknown) => value as Template['buttons']

/** Names of the parameters of words, each once, in the order they first stand there. */
export const parametersOf = (words: string): string[] => [
  ...new Set([...words.matchAll(/\{([a-z_]+)\}/g)].map(([, name]) => name ?? '')),
]

/** A value on one line: providers refuse line breaks and long gaps in a parameter, and a subject must not grow a header. */
export const oneLine = (value: string): string => value.replace(/[\s\p{Cc}]+/gu, ' ').trim()

/** The words with their parameters. */
export const fill = (words: string, params: Readonly<Record<string, string>>): string =>
  words.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const value = params[name]
    return value === undefined ? whole : oneLine(value)
  })

/** The first thing about it that keeps a message from being made of this template; undefined when nothing does. */
export function lacking(
  template: Template | undefined,
  given: { params: Readonly<Record<string, string>>; buttons: Readonly<Record<string, string>> },
): string | undefined {
  if (!template) return 'there is no such template in force'
  const missing = parametersOf(`${template.subject ?? ''} ${template.body}`).find((name) => !given.params[name]?.trim())
  if (missing !== undefined) return `the parameter ${missing} is missing`
  if (template.channel !== 'whatsapp') return undefined
  const button = template.buttons.find(({ key }) => !given.buttons[key])
  return button && `the button ${button.key} has nothing that comes back`
}
