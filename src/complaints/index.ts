import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { caseRoutes } from './routes/cases.ts'
import { draftRoutes } from './routes/drafts.ts'
import { intakeRoutes } from './routes/intake.ts'
import { paperRoutes } from './routes/papers.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { trackingRoutes } from './routes/tracking.ts'

export { fileComplaint, type Intake } from './intake.ts'
export { recountDeadlines, sweep, type Swept } from './sweep.ts'

export const complaintRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(intakeRoutes)
  await app.register(draftRoutes)
  await app.register(trackingRoutes)
  await app.register(caseRoutes)
  await app.register(paperRoutes)
  await app.register(savedViewRoutes)
}
