import { sayPeriod } from '#src/programmes/determination/index.ts'
import { contactsToAsk } from '#src/people/contacts/index.ts'
import { sayDay } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { messageChannels, queueMessages } from '#src/platform/messages/index.ts'
import { askingCode } from './codes.ts'
import { subjectOf, TOPIC } from './rows.ts'

/** What a code and its address follow from. */
export type Issuer = { secret: Buffer; baseUrl: string }
/** A family to write to about one delivery. */
export type Asked = {
  askingId: string
  familyId: string
  regionCode: string
  programme: string
  period: string
  /** the last day to answer, and the moment after it where the family lives */
  closesOn: string
  expiresAt: Date
}
type Unsent = 'no_contact' | 'no_channel'

// What language a family reads is not asked of them yet.
const locale = 'id'

/**
 * Queues a message for each of these that gave a contact and agreed, by a channel the installation has, in a transaction of the system.
 * Answers who gets none, and why. The words name the programme, the period and the link: nobody, no number and no amount.
 */
export async function writeTo(
  tx: Tx,
  { secret, baseUrl }: Issuer,
  asked: readonly Asked[],
  template: typeof TOPIC | `${typeof TOPIC}_again`,
): Promise<Map<string, Unsent>> {
  const channels = messageChannels()
  const families = asked.map((one) => one.familyId)
  const contacts = new Map((await contactsToAsk(tx, families, channels)).map((one) => [one.familyId, one]))
  const unsent = new Map<string, Unsent>()
  const messages = asked.flatMap((one) => {
    const contact = contacts.get(one.familyId)
    if (!contact) {
      unsent.set(one.familyId, channels.length === 0 ? 'no_channel' : 'no_contact')
      return []
    }
    const code = askingCode(secret, one.askingId, one.familyId)
    return {
      topic: TOPIC,
      subjectId: subjectOf(one.askingId, one.familyId),
      template,
      channel: contact.channel,
      address: contact.address,
      regionCode: one.regionCode,
      locale,
      params: {
        programme: one.programme,
        period: sayPeriod(one.period, locale),
        link: `${baseUrl}/tanya/${code}`,
        until: sayDay(one.closesOn, locale, 'long'),
      },
      buttons: { received: code, not_received: code },
      expiresAt: one.expiresAt,
    } as const
  })
  await queueMessages(tx, messages)
  return unsent
}
