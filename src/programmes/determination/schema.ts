/* What crosses the wire about lists of who receives what, for a period. */

export * from './schema-count.ts'
export * from './schema-additions.ts'
export * from './schema-families.ts'
export * from './schema-list.ts'
