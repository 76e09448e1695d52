import type { Static } from 'typebox'
import type { ManagedAccount } from './accounts.ts'
import type { Assignment } from './assignments.ts'
import type { OwnSession } from './own-account.ts'
import type { AccountBody, AssignmentBody, SessionBody } from './schema.ts'

/** Where rows become what crosses the wire. */

export const presentAssignment = ({ id, ...rest }: Assignment): Static<typeof AssignmentBody> => ({
  assignmentId: id,
  ...rest,
  pillarKind: rest.pillarKind as Static<typeof AssignmentBody>['pillarKind'],
})

export const presentSession = (one: OwnSession): SessionBody => ({
  ...one,
  createdAt: one.createdAt.toISOString(),
  lastSeenAt: one.lastSeenAt.toISOString(),
  expiresAt: one.expiresAt.toISOString(),
})

export const presentAccount = (one: ManagedAccount): AccountBody => ({
  ...one,
  createdAt: one.createdAt.toISOString(),
  assignments: one.assignments.map(presentAssignment),
})
