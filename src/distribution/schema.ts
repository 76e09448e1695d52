export * from './vouchers/schema.ts'
export * from './rounds/schema.ts'
export * from './handover/schema.ts'
export * from './stock/schema.ts'
