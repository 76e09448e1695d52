import { createHmac } from 'node:crypto'
import type { CopiedTable } from './tables.ts'

/*
 * An archive is a gzipped tar: about.json, database/<table>/<piece>.copy (PostgreSQL's COPY text), key, files/ab/cd/<id>,
 * and at the end manifest.json, without which it was cut off.
 */

export const FORMAT = 1

/** The first file: what is needed to begin. */
export type About = {
  format: typeof FORMAT
  /** ISO 8601, UTC */
  takenAt: string
  /** of the server it was taken from: '18.4' */
  postgres: string
  migrations: string[]
  tables: CopiedTable[]
  sequences: { name: string; last: string }[]
  /** the newest link of the audit chain in the backup, '1234:<64 hexadecimal digits>' */
  head: string | null
  /** tells whether a key is the right one, and nothing about it */
  keyPrint: string
  /** false where the key came from the environment and is kept elsewhere */
  keyIncluded: boolean
}

/** The last file: what must have come. */
export type Manifest = {
  tables: Record<string, { rows: number; sha256: string }>
  files: { count: number; bytes: number }
}

export const keyPrint = (key: Buffer): string => createHmac('sha256', key).update('pilar-backup').digest('hex')
