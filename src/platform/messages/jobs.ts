import { sql } from 'kysely'
import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { messageChannels, sendsForReal } from './channels.ts'
import { sendDue } from './sending.ts'
import { settleStatuses } from './statuses.ts'

/** Every few seconds in every process; which message is whose the database settles. */
const send = defineLoop({
  name: 'messages.send',
  everySeconds: 5,
  work: async (context) => {
    if (messageChannels().length === 0) return
    const sent = await sendDue(context)
    if (sent > 0) context.log.info({ sent }, 'messages sent')
  },
})

const settle = defineLoop({
  name: 'messages.settle',
  everySeconds: 5,
  work: async ({ db, signal }) => {
    // A stand-in says nothing afterwards.
    if (!sendsForReal()) return
    while (!signal.aborted && (await settleStatuses(db)) > 0);
  },
})

/** Every night: addresses, parameters and tokens of what ended, and what the provider said long ago. */
const tidy = defineJob({
  name: 'messages.tidy',
  schedule: '20 17 * * *',
  work: async ({ db }) => {
    await db.asSystem('messages: take addresses away', async (tx) => {
      await sql`update message set address = null, params = '{}', buttons = '{}'
        where address is not null and ended_at <= acting_now() - make_interval(days => message_term_of('keep_address'))`.execute(
        tx,
      )
      const kept = sql`acting_now() - make_interval(days => message_term_of('keep_inbound'))`
      await sql`delete from message_status where received_at <= ${kept}`.execute(tx)
      await sql`delete from message_inbound i where received_at <= ${kept}
        and not exists (select from message_inbound_held h where h.provider_id = i.provider_id)`.execute(tx)
    })
  },
})

export const messageJobs = [send, settle, tidy]
