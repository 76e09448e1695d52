export { roundJobs } from './jobs.ts'
export { inviteRounds, openRounds, prepareRounds } from './preparing.ts'
export { roundRoutes } from './routes.ts'

/** The verbs, for whoever tells a story without HTTP: the demonstration. */
export { closeRound, invite, openRound } from './acts.ts'
export { makeRound } from './round.ts'
export { changeStop, scheduleStops } from './stops.ts'
