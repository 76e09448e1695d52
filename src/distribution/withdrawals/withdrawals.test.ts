import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { recordChange } from '#src/people/register/index.ts'
import type { EventKind } from '#src/people/register/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { handingOver, type OpenRound } from '#test/support/handing-over.ts'
import type { Looked, StopWork } from '../handover/schema.ts'
import { reconcileRounds } from '../reconciliation/reconcile.ts'
import type { Reconciliation } from '../reconciliation/schema.ts'
import { prepareRounds } from '../rounds/index.ts'
import type { Round } from '../rounds/schema.ts'
import './jobs.ts'
import { tellRegister } from './receipts.ts'
import type { ChangedFamilies, RoundWaiting, Withdrawal, Withdrawals } from './schema.ts'

const world = await handingOver()
const { db, sql, clock, city, chief, desk, elsewhere, pillar, call, ok, refused, openRound, redemption, send } = world
const second = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const villageHead = await signedIn(db, { role: 'supervisor', regionCode: world.village })
const ministry = await signedIn(db, { role: 'supervisor', regionCode: '00' })

/** The families of the first village: 0, 2, 4 … */
const familyOf = (round: OpenRound, at: number) => {
  const family = round.list.families[at]
  assert.ok(family)
  return family
}
const pathOf = (round: OpenRound, family: string) => `/entitlements/${round.list.determinationId}/${family}`
const because = { reason: 'dead_no_heir', note: 'Akta kematian 474/12/2026' }
const stateOf = async (round: OpenRound, family: string) => {
  const [row] = await sql<{
    entitlement: string
    round: string
    reason: string | null
    hold: boolean
    voucher: string
  }>(
    `select n.state as entitlement, e.state as round, e.reason, e.on_hold as hold, (select string_agg(v.state, ',') from voucher v where v.round_id = e.round_id and v.family_id = e.family_id) as voucher
     from entitlement n join round_entitlement e using (determination_id, family_id) where n.determination_id = $1 and n.family_id = $2 and e.round_id = $3`,
    [round.list.determinationId, family, round.id],
  )
  return row
}
const assistanceOf = (family: string) =>
  sql<{ source: string; source_ref: string; received_on: string | null }>(
    'select source, source_ref, received_on::text from assistance where family_id = $1 order by source',
    [family],
  )
/** As an approval leaves it. */
const approvedAssistance = (round: OpenRound) =>
  sql(
    `insert into assistance (family_id, id, region_code, programme_code, period_from, period_to, source, source_ref)
     select e.family_id, gen_random_uuid(), e.region_code, e.programme_code, e.period_from, e.period_to, 'office', d.number
     from entitlement e join determination d on d.id = e.determination_id where d.id = $1`,
    [round.list.determinationId],
  )
const recordOf = (kind: EventKind, parts: Parameters<typeof recordChange>[2]['parts']) =>
  db.asSystem('test', (tx) =>
    recordChange(
      tx,
      { role: 'system' },
      { id: uuid(), kind, effectiveOn: '2026-11-18', source: 'civil_registry', check: 'none', parts },
    ),
  )

test('two people take an entitlement back; nothing is handed over from the asking on, and every sum still balances', async () => {
  const round = await openRound(6)
  await approvedAssistance(round)
  const [dead, kept, given] = [familyOf(round, 0), familyOf(round, 2), familyOf(round, 4)]
  const path = pathOf(round, dead.id)

  // Who may not, and what is not enough.
  assert.equal((await call(elsewhere, 'POST', `${path}/withdrawal`, because)).status, 404)
  assert.equal((await call(pillar, 'POST', `${path}/withdrawal`, because)).status, 403)
  assert.equal((await call(city, 'POST', `/entitlements/${uuid()}/${dead.id}/withdrawal`, because)).status, 404)
  assert.equal(
    await refused(city, 'POST', `${path}/withdrawal`, { ...because, reason: 'tidak_ada' }),
    'reason: unknown',
  )
  assert.equal(await refused(city, 'POST', `${path}/withdrawal`, { reason: 'dead_no_heir' }), 'note: minLength')
  assert.equal(
    await refused(city, 'POST', `${path}/withdrawal`, { reason: 'withdrawn_by_decree', note: 'Dicabut' }),
    'ref: required',
  )

  const id = uuid()
  const asked = await ok<Withdrawal>(chief, 'POST', `${path}/withdrawal`, { id, ...because })
  assert.deepEqual([asked.id, asked.state, asked.can], [id, 'asked', ['retract']])
  assert.equal((await ok<Withdrawal>(chief, 'POST', `${path}/withdrawal`, { id, ...because })).id, id)
  assert.equal(await refused(city, 'POST', `${path}/withdrawal`, because), 'withdrawal_asked')
  assert.deepEqual(await stateOf(round, dead.id), {
    entitlement: 'open',
    round: 'open',
    reason: null,
    hold: true,
    voucher: 'active',
  })
  const voucher = round.tokens.get(dead.id)
  assert.ok(voucher)
  assert.equal(
    await refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, { token: voucher.token }),
    'entitlement_on_hold',
  )
  assert.equal(
    await refused(pillar, 'POST', `/rounds/${round.id}/redemptions`, redemption(round, { token: voucher.token })),
    'entitlement_on_hold',
  )
  const work = await ok<StopWork>(pillar, 'GET', `/handovers/${round.stop.id}`)
  assert.deepEqual(work.people.filter((one) => one.onHold).map((one) => one.familyId), [dead.id]) // prettier-ignore

  // Not by who asked, not by an officer, not by the village's own head, not from elsewhere.
  const decide = `/withdrawals/${id}/decide`
  for (const who of [chief, city, desk, villageHead])
    assert.equal((await call(who, 'POST', decide, { decision: 'confirm' })).status, 403)
  assert.equal((await call(elsewhere, 'POST', decide, { decision: 'confirm' })).status, 404)
  // Nor by going around the application.
  await assert.rejects(
    db.asSystem('test', (tx) =>
      raw`update entitlement set state = 'cancelled' where determination_id = ${round.list.determinationId} and family_id = ${kept.id}`.execute(
        tx,
      ),
    ),
    /taken back by two/,
  )
  await assert.rejects(
    sql(
      `update entitlement_withdrawal set state = 'confirmed', decided_by = asked_by, decided_at = now() where id = $1`,
      [id],
    ),
    /check constraint/,
  )
  const confirmed = await ok<Withdrawal>(second, 'POST', decide, { decision: 'confirm' })
  assert.deepEqual([confirmed.state, confirmed.can], ['confirmed', []])
  assert.equal(await refused(second, 'POST', decide, { decision: 'confirm' }), 'withdrawal_decided')
  assert.deepEqual(await stateOf(round, dead.id), {
    entitlement: 'cancelled',
    round: 'cancelled',
    reason: 'list_changed',
    hold: false,
    voucher: 'cancelled',
  })
  assert.deepEqual(await assistanceOf(dead.id), [])
  assert.equal((await sql('select 1 from assistance_past where family_id = $1', [dead.id])).length, 1)
  assert.equal(
    await refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, { code: voucher.code }),
    'entitlement_withdrawn',
  )
  await assert.rejects(
    db.asSystem('test', (tx) =>
      raw`update entitlement set state = 'open' where determination_id = ${round.list.determinationId} and family_id = ${dead.id}`.execute(
        tx,
      ),
    ),
    /stays so/,
  )
  assert.equal(
    (
      await sql('select 1 from determination_fact where determination_id = $1 and family_id = $2', [
        round.list.determinationId,
        dead.id,
      ])
    ).length,
    1,
    'the approved list keeps the family',
  )

  // Refused with a reason, it is handed over again; what was handed over meanwhile overtakes a request.
  const two = await ok<Withdrawal>(city, 'POST', `${pathOf(round, kept.id)}/withdrawal`, because)
  assert.equal(await refused(second, 'POST', `/withdrawals/${two.id}/decide`, { decision: 'refuse' }), 'note: required')
  await ok(second, 'POST', `/withdrawals/${two.id}/decide`, { decision: 'refuse', note: 'Orangnya datang sendiri' })
  await send(pillar, round, redemption(round, { familyId: kept.id }))
  const late = await ok<Withdrawal>(city, 'POST', `${pathOf(round, given.id)}/withdrawal`, because)
  await send(pillar, round, redemption(round, { familyId: given.id, offline: true }))
  assert.equal(
    await refused(second, 'POST', `/withdrawals/${late.id}/decide`, { decision: 'confirm' }),
    'entitlement_delivered',
  )
  assert.equal(await refused(city, 'POST', `${pathOf(round, given.id)}/withdrawal`, because), 'entitlement_delivered')
  const { items } = await ok<Withdrawals>(city, 'GET', `/withdrawals?round=${round.id}`)
  assert.deepEqual(items.map((one) => [one.familyId, one.state]).toSorted(), [[dead.id, 'confirmed'], [kept.id, 'refused'], [given.id, 'overtaken']].toSorted()) // prettier-ignore
  assert.ok(items.every((one) => one.askedBy !== null))
  assert.deepEqual((await ok<Withdrawals>(elsewhere, 'GET', '/withdrawals')).items, [])

  // What the owner of the programme has to judge is not for the regency.
  const judged = await ok<Withdrawal>(city, 'POST', `${pathOf(round, familyOf(round, 1).id)}/withdrawal`, {
    reason: 'not_eligible',
    note: 'Keputusan atas aduan',
    ref: 'ADU-1',
  })
  assert.equal((await call(second, 'POST', `/withdrawals/${judged.id}/decide`, { decision: 'confirm' })).status, 403)
  await ok(ministry, 'POST', `/withdrawals/${judged.id}/decide`, { decision: 'confirm' })

  // One is taken back before a later round holds anybody; all sums agree.
  const seen = await ok<Round>(city, 'GET', `/rounds/${round.id}`)
  assert.deepEqual([seen.total, seen.cancelled, seen.delivered, seen.amount], [6, 2, 2, 800_000])
  await ok(city, 'POST', `/rounds/${round.id}/close`, {})
  await reconcileRounds(db)
  const end = await ok<Reconciliation>(city, 'GET', `/rounds/${round.id}/reconciliation`)
  assert.deepEqual(
    [end.all?.total, end.all?.delivered, end.all?.undelivered, end.all?.open, end.all?.cancelled, end.all?.planned],
    [6, 2, 0, 2, 2, 800_000],
  )
  assert.deepEqual([end.listed, end.heldElsewhere, end.missing, end.withdrawn, end.stale], [6, 0, 0, 0, false])
  assert.deepEqual(end.reasons.map((one) => [one.state, one.reason, one.count]), [['cancelled', 'list_changed', 2]]) // prettier-ignore
  // Taken back after it was worked out: it says that it is no longer true, and adds up again.
  const last = familyOf(round, 3)
  const more = await ok<Withdrawal>(city, 'POST', `${pathOf(round, last.id)}/withdrawal`, because)
  await ok(second, 'POST', `/withdrawals/${more.id}/decide`, { decision: 'confirm' })
  assert.equal((await ok<Reconciliation>(city, 'GET', `/rounds/${round.id}/reconciliation`)).stale, true)
  await ok(city, 'POST', `/rounds/${round.id}/reconciliation`, {})
  await reconcileRounds(db)
  const after = await ok<Reconciliation>(city, 'GET', `/rounds/${round.id}/reconciliation`)
  assert.deepEqual([after.all?.total, after.all?.open, after.all?.cancelled, after.stale], [6, 1, 3, false])
})

test('what the register learns between approval and delivery is listed on the round, held back where all are dead, kept or withdrawn in one act', async () => {
  clock.now = new Date('2026-11-20T01:45:00Z')
  const round = await openRound(8)
  const [dead, moved, well] = [familyOf(round, 0), familyOf(round, 2), familyOf(round, 4)]
  await recordOf('died', [
    { subject: 'person', subjectId: dead.payeeId, patch: { status: 'dead', diedOn: '2026-11-18' } },
  ])
  await recordOf('moved_out', [
    { subject: 'family', subjectId: moved.id, patch: { status: 'moved_out' } },
    { subject: 'person', subjectId: moved.payeeId, patch: { status: 'moved_out' } },
  ])
  const read = async (query = '') =>
    (await ok<ChangedFamilies>(city, 'GET', `/rounds/${round.id}/changes${query}`)).items.map((one) => [
      one.familyId,
      one.kind,
      one.state,
      one.onHold,
      one.reason,
    ])
  const found = [
    [dead.id, 'dead', 'open', true, 'dead_no_heir'],
    [moved.id, 'moved', 'open', false, 'moved_out'],
  ]
  assert.deepEqual(await read(), found)
  assert.deepEqual((await read('?kind=moved')).length, 1)
  assert.deepEqual((await ok<ChangedFamilies>(desk, 'GET', `/rounds/${round.id}/changes`)).items.length, 2)
  assert.equal((await call(elsewhere, 'GET', `/rounds/${round.id}/changes`)).status, 404)
  assert.equal((await call(pillar, 'GET', `/rounds/${round.id}/changes`)).status, 403)
  const token = round.tokens.get(dead.id)?.token
  assert.equal(await refused(pillar, 'POST', `/handovers/${round.stop.id}/look`, { token }), 'entitlement_on_hold')
  assert.equal((await ok<Looked>(pillar, 'POST', `/handovers/${round.stop.id}/look`, { token: round.tokens.get(well.id)?.token })).people.length, 1) // prettier-ignore
  assert.deepEqual(await ok<RoundWaiting>(city, 'GET', `/rounds/${round.id}/waiting`), {
    changed: 2,
    asked: 0,
    onHold: 1,
    withdrawn: 0,
  })

  // One click: the evidence is what the register found.
  const asked = await ok<Withdrawal>(city, 'POST', `${pathOf(round, moved.id)}/withdrawal`, { reason: 'moved_out' })
  assert.match(asked.note, /pindah ke luar wilayah daftar \(2026-11-18\)/)
  assert.equal(await refused(city, 'POST', `${pathOf(round, well.id)}/withdrawal`, { reason: 'moved_out' }), 'note: minLength') // prettier-ignore
  // The other: somebody knows better than the register, and it is handed over.
  assert.equal((await call(elsewhere, 'POST', `${pathOf(round, dead.id)}/keep`, {})).status, 404)
  assert.equal((await call(city, 'POST', `${pathOf(round, well.id)}/keep`, {})).status, 404)
  assert.equal((await call(city, 'POST', `${pathOf(round, dead.id)}/keep`, {})).status, 204)
  assert.deepEqual((await stateOf(round, dead.id))?.hold, false)
  await send(pillar, round, redemption(round, { familyId: dead.id }))
  assert.deepEqual(await read(), [[moved.id, 'moved', 'open', true, 'moved_out']])
  await ok(second, 'POST', `/withdrawals/${asked.id}/decide`, { decision: 'confirm' })
  assert.deepEqual(await read(), [])

  // A family found again is no longer listed; a round made later finds what changed before it.
  const [gone] = [familyOf(round, 6)]
  await recordOf('not_found', [
    { subject: 'family', subjectId: gone.id, patch: { status: 'not_found' } },
    { subject: 'person', subjectId: gone.payeeId, patch: { status: 'not_found' } },
  ])
  assert.deepEqual(await read(), [[gone.id, 'not_found', 'open', false, 'not_found']])
  await recordOf('reentered', [
    { subject: 'family', subjectId: gone.id, patch: { status: 'active' } },
    { subject: 'person', subjectId: gone.payeeId, patch: { status: 'active' } },
  ])
  assert.deepEqual(await read(), [])
  await sql(`update family set status = 'dissolved' where id = $1`, [gone.id])
  await ok(city, 'POST', `/rounds/${round.id}/close`, {})
  await sql(`update round_entitlement set held = false where round_id = $1`, [round.id])
  const next = await ok<Round>(city, 'POST', '/rounds', {
    determinationId: round.list.determinationId,
    name: 'Susulan',
    way: 'community_point',
    opensOn: '2026-11-21',
    closesOn: '2026-11-30',
  })
  await prepareRounds(db)
  const { items } = await ok<ChangedFamilies>(city, 'GET', `/rounds/${next.id}/changes`)
  assert.deepEqual(items.map((one) => [one.familyId, one.kind]), [[gone.id, 'ended']]) // prettier-ignore
})

test('the register says what was received and when, once, and no longer when it is taken back', async () => {
  clock.now = new Date('2026-11-20T01:45:00Z')
  const round = await openRound(4)
  await approvedAssistance(round)
  const [one, other] = [familyOf(round, 0), familyOf(round, 2)]
  const [{ number } = { number: '' }] = await sql<{ number: string }>('select number from distribution_round where id = $1', [round.id]) // prettier-ignore
  const [{ list } = { list: '' }] = await sql<{ list: string }>('select number as list from determination where id = $1', [round.list.determinationId]) // prettier-ignore
  await sql('delete from entitlement_told')
  await sql('delete from assistance where family_id = $1', [other.id])
  const first = redemption(round, { familyId: one.id })
  await send(pillar, round, first)
  await send(pillar, round, redemption(round, { familyId: other.id }))
  const events = await sql('select count(*)::int as n from register_event')
  assert.equal(await tellRegister(db), 2)
  const received = [{ source: 'distribution', source_ref: number, received_on: '2026-11-20' }]
  assert.deepEqual(await assistanceOf(one.id), received)
  assert.deepEqual(await assistanceOf(other.id), received)
  const past = () => sql<{ source: string }>('select source from assistance_past where family_id = $1', [one.id])
  assert.deepEqual(await past(), [{ source: 'office' }])
  // Told again nothing changes, also all at once; no event of the register was made or folded.
  await sql(`insert into entitlement_told (determination_id, family_id) select determination_id, family_id from entitlement where determination_id = $1`, [round.list.determinationId]) // prettier-ignore
  assert.equal(await tellRegister(db), 4)
  assert.deepEqual(await assistanceOf(one.id), received)
  assert.deepEqual((await past()).length, 1)
  assert.deepEqual(await sql('select count(*)::int as n from register_event'), events)

  // Judged not to have happened: the register says again what it said before.
  await sql(`update redemption set standing = 'void' where id = $1`, [first.id])
  await db.asSystem('test', (tx) => raw`select settle_redemptions(${round.id}::uuid, ${[one.id]}::uuid[])`.execute(tx))
  assert.equal(await tellRegister(db), 1)
  assert.deepEqual(await assistanceOf(one.id), [{ source: 'office', source_ref: list, received_on: null }])
  assert.deepEqual((await past()).map((row) => row.source), ['office', 'distribution']) // prettier-ignore

  // A family's assistance that linkage moved is told where it is now.
  const kept = familyOf(round, 1)
  await sql('delete from assistance where family_id = $1', [kept.id])
  await sql('update assistance set family_id = $2 where family_id = $1', [one.id, kept.id])
  await send(pillar, round, redemption(round, { familyId: one.id }))
  await tellRegister(db)
  assert.deepEqual(await assistanceOf(one.id), [])
  assert.deepEqual(await assistanceOf(kept.id), received)
  await assert.rejects(sql('delete from assistance_past'), /append-only/)
})

test('what waits for somebody’s decision is listed and counted over all rounds, as the policy says it of each, filtered and as a file', async () => {
  clock.now = new Date('2026-11-20T01:45:00Z')
  const [one, other] = [await openRound(4), await openRound(4)]
  const asked: Withdrawal[] = []
  for (const [round, at, who, body] of [
    [one, 0, chief, because],
    [one, 2, city, { reason: 'not_eligible', note: 'Keputusan atas aduan', ref: 'ADU-2' }],
    [other, 0, desk, { ...because, reason: 'not_found' }],
  ] as const)
    asked.push(await ok<Withdrawal>(who, 'POST', `${pathOf(round, familyOf(round, at).id)}/withdrawal`, body))
  const listed = async (who: typeof chief, query: string) =>
    (await ok<Withdrawals>(who, 'GET', `/withdrawals?${query}`)).items
  const counts = []
  for (const who of [chief, second, ministry, villageHead, city, desk]) {
    const waiting = (await listed(who, 'mine=decide')).map((row) => row.id)
    const may = (await listed(who, 'state=asked')).filter((row) => row.can.includes('confirm')).map((row) => row.id)
    assert.deepEqual(waiting, may)
    assert.deepEqual(await ok(who, 'GET', '/withdrawals/waiting'), { count: waiting.length })
    counts.push(waiting.filter((id) => asked.some((row) => row.id === id)).length)
  }
  // The chief not their own; the ministry all; officers and a village's head none.
  assert.deepEqual(counts, [1, 2, 3, 0, 0, 0])
  assert.deepEqual((await listed(second, 'mine=decide&sort=oldest')).at(-1)?.id, asked[2]?.id)
  assert.ok((await listed(city, 'reason=not_found')).every((row) => row.reason.code === 'not_found'))
  assert.deepEqual((await listed(city, `programme=${one.list.programmeCode}&list=${one.list.determinationId}&sort=oldest`)).map((row) => row.id), asked.slice(0, 2).map((row) => row.id)) // prettier-ignore
  const csv = (await call(city, 'GET', '/withdrawals/export.csv?reason=not_found&state=asked')).raw
  assert.match(csv.headers['content-disposition'] as string, /pencabutan-hak\.csv/)
  const lines = csv.body.trim().split('\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1] ?? '', /Tidak ditemukan setelah dicari.*Menunggu orang kedua/)
  assert.equal((await call(elsewhere, 'GET', '/withdrawals/export.csv')).raw.body.trim().split('\n').length, 1)
  assert.equal((await sql(`select 1 from audit_entry where act = 'export' and subject = 'entitlement_withdrawal'`)).length, 2) // prettier-ignore
})
