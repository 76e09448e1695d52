import {
  approveDetermination,
  makeDetermination,
  runDetermination,
  submitDetermination,
} from '#src/programmes/index.ts'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'

const DAY = 86_400_000

type Stage = {
  db: Db
  cast: (username: string, at: Date) => Actor
  now: Date
  setClock: (at: Date) => void
}

/**
 * Two lists of one programme for a district: this month's was approved by two, next month's waits for its second signature. Told once; a
 * district without anybody on the list gives way to the whole city.
 */
export async function playLists({ db, cast, now, setClock }: Stage): Promise<void> {
  const told = await db.asSystem('demonstration: are there lists', (tx) =>
    tx.selectFrom('determination').select('id').limit(1).executeTakeFirst(),
  )
  if (told) return
  const as = async <T>(username: string, daysAgo: number, work: (tx: Tx, actor: Actor) => Promise<T>): Promise<T> => {
    const at = new Date(now.getTime() - daysAgo * DAY)
    setClock(at)
    const actor = cast(username, at)
    return db.as(actor, (tx) => work(tx, actor))
  }
  const list = async (period: string, daysAgo: number, regionCode: string): Promise<string | undefined> => {
    const id = await as('maria', daysAgo, (tx, actor) =>
      makeDetermination(tx, actor, { programmeCode: 'SEMBAKO', period, regionCode }),
    )
    await runDetermination(db, id)
    const found = await db.asSystem('demonstration: is anybody on the list', (tx) =>
      tx
        .selectFrom('determination_result')
        .select('family_id')
        .where('determination_id', '=', id)
        .where('outcome', '=', 'in')
        .limit(1)
        .executeTakeFirst(),
    )
    return found && id
  }
  const [month, next] = [monthAfter(now, 0), monthAfter(now, 1)]
  for (const region of ['32.75.01', '32.75']) {
    const first = await list(month, 6, region)
    if (!first) continue
    await as('maria', 5.9, (tx, actor) => submitDetermination(tx, actor, first))
    await as('darmawan', 5.5, (tx, actor) => approveDetermination(tx, actor, first, undefined))
    await as('kartika', 5, (tx, actor) => approveDetermination(tx, actor, first, 'Sesuai hasil pemeriksaan.'))
    const second = await list(next, 2, region)
    if (!second) return
    await as('maria', 1.9, (tx, actor) => submitDetermination(tx, actor, second))
    await as('darmawan', 1.5, (tx, actor) => approveDetermination(tx, actor, second, undefined))
    return
  }
}

/** '2026-12': so many months after that of a moment. */
const monthAfter = (at: Date, months: number): string =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1)).toISOString().slice(0, 7)
