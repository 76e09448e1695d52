import type { AnyJob } from '#src/platform/jobs/index.ts'
import { determinationJobs } from './determination/index.ts'
import { serviceJobs } from './services/index.ts'

/** What programmes do later or again and again; each folder adds its own. */
export const programmeJobs: readonly AnyJob[] = [...determinationJobs, ...serviceJobs]
