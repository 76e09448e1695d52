import { defineLoop } from '#src/platform/jobs/index.ts'
import { sendsForReal } from '#src/platform/messages/index.ts'
import { answerInbound } from './answering.ts'

/** Every second in every process: whoever wrote waits for an answer. Which message is whose the database settles. */
const answer = defineLoop({
  name: 'channels.answer',
  everySeconds: 1,
  work: async ({ db, log, signal, secret, baseUrl }) => {
    if (!sendsForReal()) return
    if (secret && baseUrl !== undefined) await answerInbound({ db, log, signal, secret, baseUrl })
  },
})

export const channelJobs = [answer]
