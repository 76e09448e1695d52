import type { AnyJob } from '#src/platform/jobs/index.ts'
import { askingJobs } from './asking/index.ts'
import { checkJobs } from './check/index.ts'
import { accountImportJobs } from './payments/imports/index.ts'
import { reconciliationJobs } from './reconciliation/index.ts'
import { roundJobs } from './rounds/index.ts'
import { withdrawalJobs } from './withdrawals/index.ts'
import { signJobs } from './signs/index.ts'

/** What distribution does later or again and again; each folder adds its own. */
export const distributionJobs: readonly AnyJob[] = [
  ...roundJobs,
  ...withdrawalJobs,
  ...reconciliationJobs,
  ...signJobs,
  ...askingJobs,
  ...checkJobs,
  ...accountImportJobs,
]
