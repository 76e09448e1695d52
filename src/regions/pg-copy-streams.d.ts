// The package carries no types; this is all we use of it.
declare module 'pg-copy-streams' {
  import type { Submittable } from 'pg'
  import type { Writable } from 'node:stream'
  export function from(sql: string): Writable & Submittable
}
