import { type RawBuilder, sql } from 'kysely'
import { type Actor, type Db, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { pathOf, widthBeneath } from './results.ts'
import type { WhatIf, WhatIfAnswer, WhatIfSide } from './schema.ts'
import { determinationTerm } from './term.ts'
import { type Tried, tryOut } from './what-if.ts'

/** Both sides of what was tried, a row for each family on one of them. */
export const bothSides = sql`what_before b full join what_after a using (family_id)`
export const placeOf = sql<string>`coalesce(a.region_code, b.region_code)`

/** Which families a figure counts. What is counted and what is listed are the same rows by this alone. */
export const sideOf: Readonly<Record<WhatIfSide, RawBuilder<boolean>>> = {
  before: sql`b.family_id is not null`,
  in: sql`a.taken`,
  waiting: sql`not a.taken and a.outcome <> 'out'`,
  entered: sql`a.taken and b.family_id is null`,
  left: sql`b.family_id is not null and a.taken is not true`,
  changed: sql`a.taken and a.amount <> b.amount`,
}

export const within = (region: string): RawBuilder<boolean> =>
  sql`${placeOf} >= ${region} and ${placeOf} < ${scopeEnd(region)}`

type Counted = Record<WhatIfSide, number> & { amount_before: number; amount_after: number }

/** Who would enter and leave, counted for a region and those directly beneath it. */
export const whatIf = (db: Db, actor: Actor, given: WhatIf): Promise<WhatIfAnswer> =>
  tryOut(db, actor, given, (tx, tried) => figures(tx, actor, tried))

async function figures(tx: Tx, actor: Actor, { base, region, hidden, anyFamilies }: Tried): Promise<WhatIfAnswer> {
  const counts = sql.join(
    (Object.keys(sideOf) as WhatIfSide[]).map(
      (side) => sql`count(*) filter (where ${sideOf[side]}) as ${sql.ref(side)}`,
    ),
  )
  const { rows } = await sql<Counted & { code: string; name: string; kind: WhatIfAnswer['region']['kind'] }>`
    select k.*, g.name, g.kind from (select left(${placeOf}, ${sql.lit(widthBeneath(region))}) as code, ${counts},
        coalesce(sum(b.amount), 0)::bigint as amount_before, coalesce(sum(a.amount) filter (where a.taken), 0)::bigint as amount_after
      from ${bothSides} where ${within(region)} group by 1) k join region g on g.code = k.code order by k.code`.execute(
    tx,
  )
  const smallest = hidden ? await determinationTerm(tx, 'smallest_shown', actor.at) : 0
  const path = await pathOf(tx, base.region_code, region)
  const sum = (of: keyof Counted) => rows.reduce((all, row) => all + row[of], 0)
  const whole: Counted = {
    before: sum('before'),
    in: sum('in'),
    waiting: sum('waiting'),
    entered: sum('entered'),
    left: sum('left'),
    changed: sum('changed'),
    amount_before: sum('amount_before'),
    amount_after: sum('amount_after'),
  }
  return {
    ...told(whole, smallest),
    anyFamilies,
    hidden,
    region: path.at(-1) ?? { code: region, name: region, kind: 'negara' },
    path,
    children: rows.map((row) => ({
      region: { code: row.code, name: row.name, kind: row.kind },
      ...told(row, smallest),
    })),
  }
}

/** A rule that begins to ask about health must not tell of one family in a village whether it is so: what is few is null. */
function told(counted: Counted, smallest: number) {
  const few = (n: number) => n > 0 && n < smallest
  const shown = (n: number) => (few(n) ? null : n)
  const closed = few(counted.entered) || few(counted.left)
  return {
    before: counted.before,
    after: closed ? null : counted.in,
    waiting: shown(counted.waiting),
    entered: shown(counted.entered),
    left: shown(counted.left),
    changed: shown(counted.changed),
    amountBefore: counted.amount_before,
    amountAfter: closed || few(counted.changed) ? null : counted.amount_after,
  }
}
