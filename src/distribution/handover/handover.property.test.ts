import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { handingOver } from '#test/support/handing-over.ts'
import type { Redeemed } from './schema.ts'

const { sql, clock, village, pillar, pillar2, call, openRound, redemption } = await handingOver()

test('any redemptions in any order, also at once: one counts, all are kept, one case at most, and the goods balance', async () => {
  const runs = 15
  const round = await openRound(runs * 2)
  const families = round.list.families.filter((one) => one.village === village)
  const attempt = fc.record({
    second: fc.boolean(),
    offline: fc.boolean(),
    minutesAgo: fc.integer({ min: 0, max: 9 }),
    received: fc.boolean(),
    twice: fc.boolean(),
  })
  let next = 0
  let [met, alone] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { minLength: 1, maxLength: 4 }), fc.boolean(), async (attempts, atOnce) => {
      const family = families[next++ % families.length]
      assert.ok(family)
      const before = await sql<{ id: string }>('select id from redemption where family_id = $1', [family.id])
      const sent = attempts.map((one) => ({
        who: one.second ? pillar2 : pillar,
        one,
        body: redemption(round, {
          ...(one.second && { stopId: round.stop2.id }),
          token: round.tokens.get(family.id)?.token,
          offline: one.offline,
          happenedAt: new Date(clock.now.getTime() - (one.offline ? one.minutesAgo * 60_000 : 0)).toISOString(),
          ...(!one.received && { outcome: 'refused' as const, receivedBy: undefined, reason: 'not_come' as const }),
        }),
      }))
      const work = sent.flatMap((one) => (one.one.twice ? [one, one] : [one])).map(({ who, body }) => () => call<Redeemed>(who, 'POST', `/rounds/${round.id}/redemptions`, body)) // prettier-ignore
      const answers = []
      if (atOnce) answers.push(...(await Promise.all(work.map((one) => one()))))
      else for (const one of work) answers.push(await one())
      for (const answer of answers) assert.ok(answer.status === 200 || answer.status === 409, answer.raw.body)
      const kept = await sql<{ id: string; standing: string; outcome: string; happened_at: Date }>(
        'select id, standing, outcome, happened_at from redemption where family_id = $1 order by happened_at, id',
        [family.id],
      )
      // All that happened without a line is kept, and once; online at least what was answered with 200.
      for (const { body } of sent.filter((one) => one.body.offline)) assert.ok(kept.some((row) => row.id === body.id))
      assert.ok(kept.length <= before.length + sent.length)
      const received = kept.filter((row) => row.outcome === 'received')
      assert.deepEqual(received.map((row) => row.standing), received.map((_, at) => (at === 0 ? 'counts' : 'double'))) // prettier-ignore
      const cases = await sql<{ redemptions: number }>(
        'select redemptions from redemption_conflict where family_id = $1',
        [family.id],
      )
      assert.deepEqual(cases, received.length > 1 ? [{ redemptions: received.length }] : [])
      if (received.length > 1) met++
      else alone++
      const [state] = await sql<{ state: string; redemption_id: string | null }>(
        'select state, redemption_id from round_entitlement where family_id = $1',
        [family.id],
      )
      assert.deepEqual(state, {
        state: received.length > 0 ? 'delivered' : kept.length > 0 ? 'undelivered' : 'open',
        redemption_id: received[0]?.id ?? null,
      })
    }),
    { numRuns: runs },
  )
  assert.ok(met > 0 && alone > 0)
  const [balance] = await sql(
    `select (select count(*)::int * 10 from redemption where round_id = $1 and outcome = 'received') = sum(handed_out)::int as handed,
      bool_and(received + moved_in = moved_out + handed_out + returned + damaged + balance) as balances from stock_balance where round_id = $1`,
    [round.id],
  )
  assert.deepEqual(balance, { handed: true, balances: true })
  // What is kept with each change is what there is.
  const wrong = await sql(
    `select k.* from distribution_count k join lateral (
      select count(*)::int total, count(*) filter (where state = 'delivered')::int delivered, count(*) filter (where state = 'undelivered')::int undelivered, coalesce(sum(given_amount), 0)::bigint given
      from round_entitlement e where e.round_id = k.round_id and (k.dimension = 'all' or k.dimension = 'village' and k.key = e.region_code or k.dimension = 'stop' and k.key = coalesce(e.stop_id::text, '')
        or k.dimension = 'reason' and e.state = 'undelivered' and e.reason = k.key)) e on true
    where (k.total, k.delivered, k.undelivered, k.given) <> (e.total, e.delivered, e.undelivered, e.given)`,
  )
  assert.deepEqual(wrong, [])
})
