import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { apart } from '../handover/index.ts'

type Signed = { id: string; family_id: string; file_id: string; mark: Buffer }
export type Near = { key: string; region_code: string; redemptions: string[]; measured: number }

/**
 * Signatures of a village that are nearly the same shape, for different families: groups of at least `least` families, linked by pairs that
 * are at most `most` percent apart. What is the very same picture only is another sign. Reads the temporary table `sign_base`.
 */
export async function nearSignatures(tx: Tx, { least, most }: { least: number; most: number }): Promise<Near[]> {
  const { rows: villages } = await sql<{ region_code: string }>`
    select b.region_code from sign_base b join redemption_file f on f.redemption_id = b.id and f.mark is not null
    group by 1 having count(distinct f.file_id) > 1 order by 1`.execute(tx)
  const found: Near[] = []
  for (const { region_code } of villages) {
    const { rows } = await sql<Signed>`
      select b.id, b.family_id, f.file_id, f.mark from sign_base b join redemption r on r.id = b.id
      join redemption_file f on f.redemption_id = b.id and f.mark is not null
      where b.region_code = ${region_code} order by r.recorded_at, b.id`.execute(tx)
    for (const { group, nearest } of await groupsOf(rows, most)) {
      const families = new Set(group.map((one) => one.family_id))
      const files = new Set(group.map((one) => one.file_id))
      const [first] = group
      if (!first || families.size < least || files.size < 2) continue
      // Known by its first: what comes in later does not make another sign of it.
      found.push({
        key: `near:${first.id}`,
        region_code,
        redemptions: group.map((one) => one.id),
        measured: Math.round(nearest),
      })
    }
  }
  return found
}

/** Those linked by near pairs, in the order given; `nearest`: the percent of the closest pair that is not the same picture. */
async function groupsOf(signed: readonly Signed[], most: number): Promise<{ group: Signed[]; nearest: number }[]> {
  const leader = signed.map((_, at) => at)
  const nearest = signed.map(() => Infinity)
  const find = (at: number): number => {
    let top = at
    while (leader[top] !== top) top = leader[top] ?? top
    leader[at] = top
    return top
  }
  let compared = 0
  for (const [at, one] of signed.entries())
    for (let before = 0; before < at; before++) {
      // Some 30 ms; a village of 2,000 takes three seconds, with other work in between.
      if (++compared % 20_000 === 0) await setImmediate()
      const other = signed[before]
      if (!other) continue
      const same = one.file_id === other.file_id
      const distance = same ? 0 : apart(one.mark, other.mark, most)
      if (distance === undefined) continue
      const [a, b] = [find(at), find(before)]
      const [top, under] = a < b ? [a, b] : [b, a]
      leader[under] = top
      nearest[top] = Math.min(nearest[top] ?? Infinity, nearest[under] ?? Infinity, same ? Infinity : distance)
    }
  const groups = new Map<number, Signed[]>()
  for (const [at, one] of signed.entries()) {
    const top = find(at)
    groups.set(top, [...(groups.get(top) ?? []), one])
  }
  return [...groups]
    .filter(([, group]) => group.length > 1)
    .map(([top, group]) => ({ group, nearest: nearest[top] ?? 0 }))
}
