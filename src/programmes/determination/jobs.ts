import { type AnyJob, defineJob, defineLoop, enqueue } from '#src/platform/jobs/index.ts'
import { prepareAnnex } from './annex.ts'
import { runDetermination } from './run.ts'

/** A run that was cut off left nothing: another process does it again. */
const runJob = defineJob<{ id: string }>({
  name: 'determination.run',
  timeoutMinutes: 240,
  retries: 50,
  retryAfterSeconds: 5,
  waiting: 'one',
  work: ({ db }, { id }) => runDetermination(db, id),
})

const annexJob = defineJob<{ id: string }>({
  name: 'determination.annex',
  timeoutMinutes: 60,
  waiting: 'one',
  work: async ({ db, files }, { id }) => {
    if (files) await prepareAnnex(db, files, id)
  },
})

/** In every process: what was asked for and what was approved goes into the queue, each once. */
const pickUp = defineLoop({
  name: 'determination.pick_up',
  everySeconds: 2,
  work: async ({ db }) => {
    await db.asSystem('determination: pick up what is asked for', async (tx) => {
      const asked = await tx.selectFrom('determination').select('id').where('state', '=', 'queued').execute()
      for (const { id } of asked) await enqueue(tx, runJob, { id }, { key: id })
      const approved = await tx
        .selectFrom('determination as d')
        .select('d.id')
        .where('d.state', '=', 'approved')
        .where('d.decided_at', '>', new Date(db.clock().getTime() - 3_600_000))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(selectFrom('determination_paper as p').select('p.kind').whereRef('p.determination_id', '=', 'd.id')),
          ),
        )
        .execute()
      for (const { id } of approved) await enqueue(tx, annexJob, { id }, { key: id })
    })
  },
})

export const determinationJobs: readonly AnyJob[] = [runJob, annexJob, pickUp]
