import { defineJob } from '#src/platform/jobs/index.ts'

/** Every night: what citizens began to propose and did not send within a day. */
const tidy = defineJob({
  name: 'proposals.tidy',
  schedule: '20 17 * * *',
  work: async ({ db }) => {
    await db.asSystem('proposals: drafts nobody sent', (tx) =>
      tx.deleteFrom('proposal_draft').where('expires_at', '<', db.clock()).execute(),
    )
  },
})

export const proposalJobs = [tidy]
