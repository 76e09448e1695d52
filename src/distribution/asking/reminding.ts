import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { TOPIC } from './rows.ts'
import { type Asked, type Issuer, writeTo } from './sending.ts'

/** How many questions one transaction looks at. */
const BATCH = 500

/**
 * Reminds once whoever was written to `asking_remind` days ago, has not answered and still can. Who ended their contact meanwhile is left in
 * peace. Answers how many were reminded.
 */
export async function remindAskings(db: Db, issuer: Issuer): Promise<number> {
  let reminded = 0
  for (let after: Asked | undefined; ;) {
    const step = await db.asSystem('distribution: remind who was asked', (tx) => remindBatch(tx, issuer, after))
    reminded += step.reminded
    if (!step.last) return reminded
    after = step.last
  }
}

async function remindBatch(tx: Tx, issuer: Issuer, after: Asked | undefined) {
  const { asking_remind: days } = await distributionTerms(tx, ['asking_remind'])
  const { rows } = await sql<Asked>`
    select q.asking_id as "askingId", q.family_id as "familyId", q.region_code as "regionCode", p.name as programme, d.period, a.closes_on as "closesOn",
      ((a.closes_on + 1)::timestamp at time zone r.time_zone) as "expiresAt"
    from delivery_asking a join delivery_question q on q.asking_id = a.id join distribution_round d on d.id = q.round_id
    join programme p on p.code = d.programme_code join region r on r.code = q.region_code
    join message k on k.topic = ${TOPIC} and k.subject_id = q.asking_id || '/' || q.family_id and k.template = ${TOPIC}
    where a.door = 'message' and a.closes_on >= acting_now()::date and q.door = 'message' and q.state = 'waiting'
      and k.state in ('sent', 'delivered', 'read') and k.sent_at <= acting_now() - make_interval(days => ${days})
      and not exists (select from message g where g.topic = k.topic and g.subject_id = k.subject_id and g.template = ${`${TOPIC}_again`})
      and (${after?.askingId ?? null}::uuid is null or (q.asking_id, q.family_id) > (${after?.askingId ?? null}::uuid, ${after?.familyId ?? null}::uuid))
    order by q.asking_id, q.family_id limit ${BATCH}`.execute(tx)
  const unsent = await writeTo(tx, issuer, rows, `${TOPIC}_again`)
  return { reminded: rows.length - unsent.size, last: rows.length === BATCH ? rows.at(-1) : undefined }
}
