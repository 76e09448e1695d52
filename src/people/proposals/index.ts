import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { proposalDraftRoutes } from './routes/drafts.ts'
import { meetingRoutes } from './routes/meetings.ts'
import { proposalRoutes as casework } from './routes/proposals.ts'
import { proposalTrackingRoutes } from './routes/tracking.ts'

export { onProposalChanged, type ProposalNews } from './changed.ts'
export { hasOpenProposal, knownByNik, proposalsOf } from './of-complaint.ts'
export type { NewProposal } from './schema.ts'
export { proposalJobs } from './jobs.ts'
export { submitProposal } from './submit.ts'
export { whoIs as proposerIs } from './proposal.ts'
/** The verbs, for whoever tells a story without HTTP: the demonstration and benchmarks. */
export * as proposalActs from './acts.ts'

export const proposalRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(casework)
  await app.register(meetingRoutes)
  await app.register(proposalDraftRoutes)
  await app.register(proposalTrackingRoutes)
}
