import { sql } from 'kysely'
import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import {
  type FamilyBehind,
  type FamilySet,
  type FileColumns,
  fileOfFamilies,
  pageOfFamilies,
  type Saying,
} from './families-behind.ts'
import type { Reason, WhatIfExport, WhatIfFamilies, WhatIfPage, WhatIfRow } from './schema.ts'
import { type Tried, tryOut } from './what-if.ts'
import { bothSides, placeOf, sideOf, within } from './what-if-figures.ts'
import { reasonSentences } from './words.ts'

type Row = {
  before: number | null
  after: number | null
  place: number | null
  why: Reason | 'not_considered'
  failed: number
  missing: number
}
type More = Omit<WhatIfRow, keyof FamilyBehind>

/** The families behind a figure of what was tried, a page at a time, names masked. Throws `what_if_hidden` (409) where nobody is shown. */
export const whatIfFamilies = (db: Db, actor: Actor, given: WhatIfFamilies, locale: Locale): Promise<WhatIfPage> =>
  tryOut(db, actor, given, (tx, tried) => pageOfFamilies(tx, setOf(tried, given), given, saying(tried, locale)))

const columns: FileColumns<FamilyBehind & More> = [
  ['rank', (row) => row.place],
  ['amount_before', (row) => row.amountBefore],
  ['amount_after', (row) => row.amountAfter],
]

/** All of them as a file. Throws `determination_too_many_rows` (409) beyond what a file may hold. */
export const whatIfFile = (db: Db, actor: Actor, given: WhatIfExport, locale: Locale): Promise<Buffer | string> =>
  tryOut(db, actor, given, (tx, tried) => {
    const title = `${tried.base.code} ${given.side}`
    const file = { format: given.format, title, columns, locale }
    return fileOfFamilies(tx, actor, setOf(tried, given), file, saying(tried, locale))
  })

function setOf(tried: Tried, { side, condition }: Pick<WhatIfFamilies, 'side' | 'condition'>): FamilySet {
  if (tried.hidden) throw conflict('what_if_hidden')
  const parts = [sideOf[side], within(tried.region)]
  if (condition !== undefined) {
    const at = tried.definition.conditions.findIndex((one) => one.code === condition)
    if (at < 0) throw invalid({ field: 'condition', code: 'unknown' })
    parts.push(sql`(a.failed | a.missing) & ${1 << at} <> 0`)
  }
  return {
    among: bothSides,
    where: sql<boolean>`${sql.join(parts, sql` and `)}`,
    place: placeOf,
    columns: sql`b.amount as before, case when a.taken then a.amount end as after,
      case when a.outcome = 'in' then a.place end as place, coalesce(a.failed, 0) as failed, coalesce(a.missing, 0) as missing,
      case when a.taken then 'eligible' when a.family_id is null then 'not_considered' when a.outcome = 'out' then 'condition'
        when a.outcome = 'waiting' then 'data_missing' else 'quota' end as why`,
  }
}

const saying =
  (tried: Tried, locale: Locale): Saying<Row, More> =>
  (row) => ({
    sentences:
      row.why === 'not_considered'
        ? [sentence('determination_left_not_considered', locale)]
        : reasonSentences({ ...row, reason: row.why, rank: row.place }, tried.definition, locale),
    place: row.place,
    amountBefore: row.before,
    amountAfter: row.after,
  })
