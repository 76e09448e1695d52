/** What crosses the wire about complaints. Instants are ISO 8601 in UTC, days 'YYYY-MM-DD', codes English. */
export * from './schema-codes.ts'
export * from './schema-case.ts'
export * from './schema-acts.ts'
export * from './schema-tracking.ts'
