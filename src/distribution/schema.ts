export * from './vouchers/schema.ts'
