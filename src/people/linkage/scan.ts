import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { leastProbability } from './check-person.ts'
import { savePairs } from './pairs.ts'
import { personsAfter, type RegisterPerson } from './persons.ts'
import { newestModel, saveModel } from './register-model.ts'
import type { FromScan, ToScan } from './scan-worker.ts'

/** Fewer people than this teach nothing: they are judged by the model of before, which stays. */
const leastToLearn = 2000
const page = 20_000

/** Notes that a search through the whole register is wanted; where one waits or runs already, it is that one. Answers its id. */
export async function askForScan(tx: Tx, askedBy: string | null): Promise<string> {
  await sql`insert into link_scan (id, state, asked_by) values (${uuid()}, 'waiting', ${askedBy})
    on conflict ((true)) where state in ('waiting', 'running') do nothing`.execute(tx)
  const { rows } = await sql<{ id: string }>`select id from link_scan where state in ('waiting', 'running')`.execute(tx)
  const [scan] = rows
  if (!scan) throw new Error('no search waits or runs')
  return scan.id
}

/**
 * Goes through the whole register, or goes on where it was cut off: everybody up to `done_until` is done. One transaction for each
 * piece, so a crash costs one piece and the reading. Two that run the same search do its work twice and the same.
 */
export async function runScan(db: Db, scanId: string, signal?: AbortSignal): Promise<void> {
  const start = await db.asSystem('linkage: search the register', async (tx) => {
    const { rows } = await sql<{ doneUntil: string | null; least: number }>`
      update link_scan set state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, acting_now())
      where id = ${scanId} and state in ('waiting', 'running') returning done_until as "doneUntil"`.execute(tx)
    const [scan] = rows
    const { rows: days } = await sql<{ day: string }>`select acting_now()::date::text as day`.execute(tx)
    return scan && { after: scan.doneUntil, least: await leastProbability(tx, days[0]?.day ?? '') }
  })
  if (!start) return
  const worker = new Worker(new URL('./scan-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 4096 },
  })
  const ask = async (message: ToScan): Promise<FromScan> => {
    signal?.throwIfAborted()
    const answered = once(worker, 'message', ...(signal ? [{ signal }] : []))
    worker.postMessage(message)
    const [answer] = (await answered) as [FromScan]
    return answer
  }
  try {
    let persons = 0
    for (let after: string | null = null; ;) {
      const from: string | null = after
      const people: RegisterPerson[] = await db.asSystem('linkage: search the register', (tx) =>
        personsAfter(tx, from, page),
      )
      if (people.length === 0) break
      after = people.at(-1)?.id ?? null
      persons += people.length
      await ask({ kind: 'people', people })
    }
    const model = persons >= leastToLearn ? null : await db.asSystem('linkage: search the register', newestModel)
    const learned = await ask({ kind: 'judge', ...start, model })
    await db.asSystem('linkage: search the register', async (tx) => {
      await sql`update link_scan set persons = ${persons} where id = ${scanId}`.execute(tx)
      if (learned.kind === 'learned' && !model) await saveModel(tx, learned.learned)
    })
    for (let answer = await ask({ kind: 'next' }); answer.kind === 'piece'; answer = await ask({ kind: 'next' })) {
      const { found, compared, until, persons: done } = answer.piece
      await db.asSystem('linkage: search the register', async (tx) => {
        const fresh = await savePairs(tx, found)
        await sql`update link_scan set done_persons = ${done}, done_until = coalesce(nullif(${until}, '')::uuid, done_until),
          compared = compared + ${compared}, found = found + ${fresh} where id = ${scanId}`.execute(tx)
      })
    }
    await db.asSystem('linkage: search the register', (tx) =>
      sql`update link_scan set state = 'done', done_persons = persons, finished_at = acting_now() where id = ${scanId}`.execute(
        tx,
      ),
    )
  } finally {
    await worker.terminate()
  }
}
