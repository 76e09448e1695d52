import { sql } from 'kysely'
import pg from 'pg'
import type { Tx } from './index.ts'

const kept = ['scope_from', 'scope_to', 'role', 'office', 'reason'] as const

/**
 * A piece of somebody's transaction as the system itself, past row security: for what an act sets going elsewhere and must
 * happen with it or not at all (a new holiday moves deadlines its administrator never sees). The audit log keeps who
 * it was; the reason is written there too and greppable, as with `asSystem`. Afterwards the transaction is theirs again.
 */
export async function withinAsSystem<T>(tx: Tx, reason: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const columns = kept.map((key) => `coalesce(current_setting('app.${key}', true), '') as "app.${key}"`)
  const { rows } = await sql
    .raw<Record<string, string>>(`select current_setting('role') as role, ${columns.join(', ')}`)
    .execute(tx)
  const before = rows[0] ?? {}
  await setLocal(tx, {
    role: 'pilar_system',
    'app.scope_from': '00',
    'app.scope_to': '~',
    'app.role': 'system',
    'app.office': '',
    'app.reason': reason,
  })
  const result = await work(tx)
  // After a failure nothing needs giving back: the transaction can only be rolled back.
  await setLocal(tx, before)
  return result
}

const setLocal = (tx: Tx, settings: Record<string, string>) =>
  sql
    .raw(
      Object.entries(settings)
        .map(([key, value]) => `set local ${key} = ${pg.escapeLiteral(value)}`)
        .join(';'),
    )
    .execute(tx)
