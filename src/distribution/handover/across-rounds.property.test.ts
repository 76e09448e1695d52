import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { handingOver } from '#test/support/handing-over.ts'
import { reconcileRounds } from '../reconciliation/reconcile.ts'
import type { Reconciliation } from '../reconciliation/schema.ts'
import type { NewRedemption, Redeemed } from './schema.ts'

const { db, sql, clock, village, city, chief, pillar, pillar2, call, ok, openRound, redemption } = await handingOver()

/** Something that happened at the door without a line, minutes after its round was opened; `broken`: by a clock that is years behind. */
const happening = fc.record({
  round: fc.constantFrom(0 as const, 1 as const),
  minute: fc.integer({ min: 1, max: 14 }),
  received: fc.boolean(),
  broken: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  byToken: fc.boolean(),
})
const deeds = ['settle first', 'stop cancelled', 'taken off', 'close second', 'cancel second'] as const
const FAMILIES = 10
const story = fc.record({
  families: fc.array(fc.array(happening, { maxLength: 3 }), { minLength: FAMILIES, maxLength: FAMILIES }),
  deeds: fc.subarray([...deeds]),
  /** The order in which records reach the office and deeds are done. */
  order: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 60, maxLength: 60 }),
})

test('two rounds of one list, whatever is done to them and in whichever order records come in: all are kept, one counts, each double is one case', async () => {
  const seen = { across: 0, late: 0, broken: 0, alone: 0, nobody: 0, reopened: 0 }
  await fc.assert(
    fc.asyncProperty(story, async ({ families: told, deeds, order }) => {
      const first = await openRound(FAMILIES)
      const { families } = first.list
      const stopOf = (round: typeof first, at: number) => (families[at]?.village === village ? round.stop : round.stop2)
      const whoOf = (at: number) => (families[at]?.village === village ? pillar : pillar2)
      const opened = [clock.now.getTime(), 0]
      const moment = (round: 0 | 1, minute: number) => new Date((opened[round] ?? 0) + minute * 60_000).toISOString()
      for (const [at, family] of families.entries())
        await ok(whoOf(at), 'POST', `/rounds/${first.id}/redemptions`, redemption(first, { stopId: stopOf(first, at).id, familyId: family.id, outcome: 'refused', receivedBy: undefined, reason: 'not_come' })) // prettier-ignore
      clock.now = new Date((opened[0] ?? 0) + 15 * 60_000)
      await ok(city, 'POST', `/rounds/${first.id}/close`, {})
      clock.now = new Date((opened[0] ?? 0) + 20 * 60_000)
      const second = await openRound(first.list)
      const rounds = [first, second] as const
      opened[1] = clock.now.getTime()
      clock.now = new Date((opened[1] ?? 0) + 20 * 60_000)

      const sent: { family: number; broken: boolean; round: 0 | 1; body: NewRedemption }[] = told.flatMap(
        (list, family) =>
          list.map((one, place) => ({
            family,
            broken: one.broken,
            round: one.round,
            body: redemption(rounds[one.round], {
              stopId: stopOf(rounds[one.round], family).id,
              ...(one.byToken ? { token: rounds[one.round].tokens.get(families[family]?.id ?? '')?.token } : { familyId: families[family]?.id }), // prettier-ignore
              offline: true,
              // No two at the same moment: which of those is the first is nobody's to say.
              happenedAt: one.broken ? '2019-03-01T00:00:00Z' : moment(one.round, one.minute + place / 10),
              ...(!one.received && { outcome: 'refused' as const, receivedBy: undefined, reason: 'refused' as const }),
            }),
          })),
      )
      const send = async ({ family, round, body, broken }: (typeof sent)[number]) => {
        const answer = await call<Redeemed>(whoOf(family), 'POST', `/rounds/${rounds[round].id}/redemptions`, body)
        assert.equal(answer.status, 200, answer.raw.body)
        assert.equal(answer.body.doubt, broken ? 'clock' : null)
      }
      const settleFirst = async () => {
        const url = `/rounds/${first.id}/reconciliation`
        await reconcileRounds(db)
        for (const { kind, open } of (await ok<Reconciliation>(chief, 'GET', url)).differences)
          if (open > 0)
            await ok(chief, 'POST', `/rounds/${first.id}/differences/explain`, { kind, note: 'Sudah diperiksa', ...(kind === 'open' && { reason: 'not_come' }) }) // prettier-ignore
        await ok(chief, 'POST', `${url}/settle`, { early: true })
        return sql<{ n: number }>('select count(*)::int as n from redemption where round_id = $1', [first.id])
      }
      const does: Record<(typeof deeds)[number], () => Promise<unknown>> = {
        'settle first': settleFirst,
        'stop cancelled': () =>
          call(city, 'PATCH', `/rounds/${second.id}/stops/${second.stop.id}`, { cancelled: true }),
        'taken off': () => call(city, 'PATCH', `/rounds/${second.id}/stops/${second.stop2.id}`, { people: [] }),
        'close second': () => call(city, 'POST', `/rounds/${second.id}/close`, {}),
        'cancel second': () => call(city, 'POST', `/rounds/${second.id}/cancel`, {}),
      }
      const work: (() => Promise<unknown>)[] = [...sent.map((one) => () => send(one)), ...deeds.map((one) => does[one])]
      const shuffled = work.map((run, at) => ({ run, at: order[at] ?? at })).toSorted((a, b) => a.at - b.at)
      for (const { run } of shuffled) {
        clock.now = new Date(clock.now.getTime() + 10_000)
        await run()
      }
      if (deeds.includes('settle first')) {
        const [{ state } = { state: '' }] = await sql<{ state: string }>('select state from distribution_round where id = $1', [first.id]) // prettier-ignore
        if (state === 'closed') seen.reopened++
      }

      const [{ state: secondState } = { state: '' }] = await sql<{ state: string }>('select state from distribution_round where id = $1', [second.id]) // prettier-ignore
      for (const [at, family] of families.entries()) {
        const mine = sent.filter((one) => one.family === at)
        const kept = await sql<{ id: string; standing: string }>('select id, standing from redemption where family_id = $1', [family.id]) // prettier-ignore
        assert.equal(kept.length, mine.length + 1, 'all are kept')
        const received = mine.filter((one) => one.body.outcome === 'received')
        const honest = received.filter((one) => !one.broken).toSorted((a, b) => (a.body.happenedAt < b.body.happenedAt ? -1 : 1)) // prettier-ignore
        const counting = kept.filter((one) => one.standing === 'counts')
        assert.equal(counting.length, received.length > 0 ? 1 : 0)
        if (honest[0]) assert.equal(counting[0]?.id, honest[0].body.id, 'the earliest whose moment is believed')
        assert.equal(kept.filter((one) => one.standing === 'double').length, Math.max(0, received.length - 1))
        const cases = await sql('select redemptions from redemption_conflict where family_id = $1', [family.id])
        assert.deepEqual(cases, received.length > 1 ? [{ redemptions: received.length }] : [])
        const [list] = await sql<{ state: string }>('select state from entitlement where family_id = $1', [family.id])
        assert.equal(list?.state, received.length > 0 ? 'delivered' : 'undelivered')
        const states = await sql<{ round_id: string; state: string; reason: string | null }>('select round_id, state, reason from round_entitlement where family_id = $1', [family.id]) // prettier-ignore
        for (const round of [0, 1] as const) {
          const here = mine.filter((one) => one.round === round)
          const tried = here.some((one) => one.body.outcome === 'refused' && (round === 1 || !one.broken))
          const expected = here.some((one) => one.body.outcome === 'received')
            ? 'delivered'
            : round === 0
              ? tried ? 'undelivered refused' : 'undelivered not_come' // prettier-ignore
              : secondState === 'cancelled'
                ? 'cancelled round_cancelled'
                : tried
                  ? 'undelivered refused'
                  : received.length > 0 ? 'cancelled double' : 'open' // prettier-ignore
          const found = states.find((one) => one.round_id === rounds[round].id)
          assert.equal([found?.state, found?.reason].filter(Boolean).join(' '), expected)
        }
        if (new Set(received.map((one) => one.round)).size > 1) seen.across++
        if (received.some((one) => one.round === 0)) seen.late++
        if (received.some((one) => one.broken) && honest.length > 0) seen.broken++
        if (received.length === 1) seen.alone++
        if (received.length === 0) seen.nobody++
      }
      // Goods stand by their redemptions, and figures by their rows.
      const wrong = await sql(
        `select k.* from distribution_count k join lateral (
          select count(*)::int total, count(*) filter (where state = 'delivered')::int delivered, count(*) filter (where state = 'undelivered')::int undelivered, coalesce(sum(given_amount), 0)::bigint given
          from round_entitlement e where e.round_id = k.round_id) e on true
        where k.dimension = 'all' and k.round_id = any ($1) and (k.total, k.delivered, k.undelivered, k.given) <> (e.total, e.delivered, e.undelivered, e.given)`,
        [[first.id, second.id]],
      )
      assert.deepEqual(wrong, [])
    }),
    // A story takes seconds: the first one that fails is shown as it is.
    { numRuns: 4, endOnFailure: true },
  )
  for (const [what, n] of Object.entries(seen)) if (what !== 'reopened') assert.ok(n > 0, what)
})
