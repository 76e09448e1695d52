import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { answerCall } from './answer-later.ts'
import { forgetOld, gather, tellNotice } from './notify.ts'

/** Tried again for about a day, with growing pauses. */
const patience = { retries: 12, retryAfterSeconds: 10, timeoutMinutes: 5 }

export const answerLater = defineJob<{ call: string }>({ name: 'exchange.answer', ...patience, work: answerCall })

export const tellEvents = defineJob<{ notice: string }>({ name: 'exchange.notify', ...patience, work: tellNotice })

/** Every ten seconds: what came in force since each subscription was last told, in batches. */
const watchFeed = defineLoop({
  name: 'exchange.feed',
  everySeconds: 10,
  work: async ({ db, signal }) => {
    while (!signal.aborted && (await gather(db, tellEvents)) > 0);
  },
})

const forget = defineJob({ name: 'exchange.forget', schedule: '20 19 * * *', work: ({ db }) => forgetOld(db) })

export const exchangeJobs = [answerLater, tellEvents, watchFeed, forget]
