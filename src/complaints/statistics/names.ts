import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'

export type Names = {
  /** By code, in the order of the catalogue. */
  matters: ReadonlyMap<string, string>
  programmes: ReadonlyMap<string, string>
}

/** What matters and programmes are called. Programmes that ended are among them: their complaints are still counted. */
export async function catalogueNames(tx: Tx, locale: Locale): Promise<Names> {
  const { rows } = await sql<{ kind: string; code: string; name: string }>`
    select 'matter' as kind, code, case when ${locale === 'en'} then name_en else name_id end as name, position from complaint_matter
    union all select 'programme', code, name, 0 from programme order by position, name`.execute(tx)
  const of = (kind: string) => new Map(rows.filter((row) => row.kind === kind).map((row) => [row.code, row.name]))
  return { matters: of('matter'), programmes: of('programme') }
}
