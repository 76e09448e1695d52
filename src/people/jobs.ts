import type { AnyJob } from '#src/platform/jobs/index.ts'
import { exchangeJobs } from './exchange/index.ts'
import { importJobs } from './imports/index.ts'
import { linkageJobs } from './linkage/index.ts'
import { movementJobs } from './movement/index.ts'
import { proposalJobs } from './proposals/index.ts'
import { rightsJobs } from './rights/index.ts'

/** What the register does later or again and again; each folder adds its own. */
export const peopleJobs: readonly AnyJob[] = [
  ...exchangeJobs,
  ...movementJobs,
  ...importJobs,
  ...proposalJobs,
  ...linkageJobs,
  ...rightsJobs,
]
