import type { AnyJob } from '#src/platform/jobs/index.ts'
import { checkJobs } from './check/index.ts'
import { reconciliationJobs } from './reconciliation/index.ts'
import { roundJobs } from './rounds/index.ts'
import { signJobs } from './signs/index.ts'

/** What distribution does later or again and again; each folder adds its own. */
export const distributionJobs: readonly AnyJob[] = [...roundJobs, ...reconciliationJobs, ...signJobs, ...checkJobs]
