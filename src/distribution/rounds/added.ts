import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { type AddedNews, onAdded } from '#src/programmes/determination/index.ts'
import { told } from './round.ts'
import { dealStops } from './stops.ts'

/**
 * A family that was added to an approved list comes into the round that hands it out there, if one runs: with a stop where its village has one, and a
 * voucher where the others have theirs. Where none runs, the next round finds it as it finds the others.
 */
async function joinRound(tx: Tx, { determinationId, familyId, regionCode }: AddedNews): Promise<void> {
  const { rows } = await sql<{ id: string; region_code: string; state: string; work: string | null }>`
    select id, region_code, state, work from distribution_round d
    where determination_id = ${determinationId} and state in ('planned', 'invited', 'open')
      and (region_code = '00' or ${regionCode} = region_code or starts_with(${regionCode}, region_code || '.'))
    order by state = 'open' desc, opens_on desc, id limit 1 for update`.execute(tx)
  const [round] = rows
  // While it is prepared it copies whom the list entitles; this one too if its district comes yet, and else here.
  if (!round) return
  await sql`
    insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_id, payee_name, nik_masked, address, rt, rw, persons, amount, goods)
    select d.id, n.family_id, n.region_code, n.determination_id, n.payee_id, n.payee_name, f.shown ->> 'nik', left(f.shown ->> 'address', 300), f.shown ->> 'rt',
      f.shown ->> 'rw', n.persons, n.amount, d.goods
    from entitlement n join distribution_round d on d.id = ${round.id}
    left join determination_fact f on f.determination_id = n.determination_id and f.family_id = n.family_id
    where n.determination_id = ${determinationId} and n.family_id = ${familyId} and n.state = 'open'
    on conflict do nothing`.execute(tx)
  await dealStops(tx, round.id, regionCode, `${regionCode}~`)
  // Who has a stop is invited as the others were; who has none waits for the schedule.
  if (round.state !== 'planned' && round.work !== 'preparing')
    await sql`update distribution_round d set work = 'inviting', work_after = null, work_done = 0, version = version + 1
      where id = ${round.id} and exists (select from round_entitlement e where e.round_id = d.id and e.family_id = ${familyId} and e.stop_id is not null)`.execute(
      tx,
    )
  await told(tx, round, 'round.changed')
}
onAdded(joinRound)
