import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { importFile } from '#src/people/index.ts'
import type { Actor, Db } from '#src/platform/db/index.ts'
import { writeFamilies } from './families.ts'

/** Who loads the list of which regions, and what share of all families lives there. */
const lists = [
  { username: 'ratna', regions: ['32.75'], share: 0.4, seed: 3275 },
  { username: 'agus', regions: ['33.13'], share: 0.3, seed: 3313 },
  { username: 'siti', regions: ['36.73', '36.04'], share: 0.3, seed: 3673 },
] as const

/**
 * Loads the lists of invented families through the import that offices use. What is loaded already is not touched: a first start that
 * was cut off goes on, a later one asks three small questions.
 */
export async function settleFamilies(given: {
  db: Db
  cast: () => Promise<(username: string) => Actor>
  families: number
  onProgress?: ((sentence: string) => void) | undefined
}): Promise<void> {
  const { db, families, onProgress } = given
  const nameOf = (seed: number) => `daftar-keluarga-${seed}.csv`
  const loaded = await db.asSystem('demonstration: which families are loaded', async (tx) => {
    const rows = await tx
      .selectFrom('register_import')
      .select('file_name')
      .where('state', '=', 'done')
      .where(
        'file_name',
        'in',
        lists.map((one) => nameOf(one.seed)),
      )
      .execute()
    return new Set(rows.map((row) => row.file_name))
  })
  const missing = lists.filter((one) => !loaded.has(nameOf(one.seed)))
  if (missing.length === 0) return
  const folder = await mkdtemp(path.join(tmpdir(), 'pilar-families-'))
  try {
    const acting = await given.cast()
    let done = lists.length - missing.length
    for (const { username, regions, share, seed } of missing) {
      onProgress?.(`Loading ${families} invented families (${++done} of ${lists.length} lists)`)
      const villages = await villagesOf(db, regions)
      if (villages.length === 0) continue
      const file = path.join(folder, nameOf(seed))
      const actor = acting(username)
      const year = actor.at.getUTCFullYear()
      await writeFamilies(file, { families: Math.round(families * share), villages, seed, year })
      await importFile(db, actor, { file, check: false, options: { decilePeriod: `${year}-Q3` } })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const villagesOf = (db: Db, regions: readonly string[]): Promise<string[]> =>
  db.asPublic(async (tx) => {
    const rows = await tx
      .selectFrom('region')
      .select('code')
      .where('tier', '=', 'village')
      .where((eb) => eb.or(regions.map((code) => eb('code', 'like', `${code}.%`))))
      .orderBy('code')
      .execute()
    return rows.map((row) => row.code)
  })
