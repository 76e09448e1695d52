import { channelJobs } from '#src/channels/index.ts'
import { complaintJobs } from '#src/complaints/index.ts'
import { distributionJobs } from '#src/distribution/index.ts'
import { auditJobs } from '#src/platform/audit/index.ts'
import { eventJobs } from '#src/platform/events/index.ts'
import { messageJobs } from '#src/platform/messages/index.ts'
import { peopleJobs } from '#src/people/index.ts'
import type { AnyJob } from '#src/platform/jobs/index.ts'
import { programmeJobs } from '#src/programmes/index.ts'
import { regionJobs } from '#src/regions/index.ts'

/** Everything that is done later or again and again, by whichever process comes first. */
export const jobs: readonly AnyJob[] = [
  ...auditJobs,
  ...eventJobs,
  ...messageJobs,
  ...regionJobs,
  ...peopleJobs,
  ...programmeJobs,
  ...distributionJobs,
  ...complaintJobs,
  ...channelJobs,
]
