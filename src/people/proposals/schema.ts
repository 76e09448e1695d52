/** What crosses the wire about proposals and village meetings. */
export * from './schema-proposal.ts'
export * from './schema-amend.ts'
export * from './schema-meeting.ts'
export * from './schema-tracking.ts'
