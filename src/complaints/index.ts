import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onDeliveryDisputed } from '#src/distribution/index.ts'
import { onProposalChanged } from '#src/people/index.ts'
import { onServiceChanged } from '#src/programmes/services/index.ts'
import { onCalendarChange } from '#src/regions/index.ts'
import { fileDisputed } from './deliveries.ts'
import { hearOfProposal } from './proposals.ts'
import { recountDeadlines } from './recount.ts'
import { hearOfService } from './service-cases.ts'
import { caseRoutes } from './routes/cases.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { draftRoutes } from './routes/drafts.ts'
import { familyCaseRoutes } from './routes/of-family.ts'
import { intakeRoutes } from './routes/intake.ts'
import { paperRoutes } from './routes/papers.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { serviceCaseRoutes } from './routes/service-cases.ts'
import { trackingRoutes } from './routes/tracking.ts'
import { complaintJobs as casework } from './jobs.ts'
import { exportRoutes } from './statistics/export-routes.ts'
import { statisticsJobs } from './statistics/jobs.ts'
import { statisticsRoutes } from './statistics/routes.ts'
import { targetingRoutes } from './targeting/routes.ts'

export { publishStatistics } from './statistics/publish.ts'
export { fileComplaint, type Intake } from './intake.ts'
export { sweep, type Swept } from './sweep.ts'

export const complaintRoutes: FastifyPluginAsyncTypebox = async (app) => {
  // A day off that comes or goes moves the running deadlines of its region, in the same transaction.
  const deaf = onCalendarChange(async (tx, regionCode) => void (await recountDeadlines(tx, regionCode, app.db.clock())))
  const deafToProposals = onProposalChanged(hearOfProposal)
  const deafToServices = onServiceChanged(hearOfService)
  const deafToDisputes = onDeliveryDisputed(fileDisputed)
  app.addHook('onClose', async () => {
    deaf()
    deafToProposals()
    deafToServices()
    deafToDisputes()
  })
  await app.register(intakeRoutes)
  await app.register(draftRoutes)
  await app.register(trackingRoutes)
  await app.register(caseRoutes)
  await app.register(familyCaseRoutes)
  await app.register(deliveryRoutes)
  await app.register(serviceCaseRoutes)
  await app.register(paperRoutes)
  await app.register(savedViewRoutes)
  await app.register(exportRoutes)
  await app.register(statisticsRoutes)
  await app.register(targetingRoutes)
}

export const complaintJobs = [...casework, ...statisticsJobs]

/** The verbs, for whoever tells a story without HTTP: the demonstration and benchmarks. */
export { theCitizen, whoIs } from './case.ts'
export { fileDisputed } from './deliveries.ts'
export * as officerActs from './officer-acts.ts'
export * as citizenActs from './citizen.ts'
