import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { determinationStage, MARGAHAYU, type Refused } from '#test/support/determinations.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import type { Addition, Additions, NextAddition, ResultRow } from '#src/programmes/determination/schema.ts'
import type { Withdrawal } from '../withdrawals/schema.ts'
import { inviteRounds, prepareRounds } from './index.ts'
import type { Round } from './schema.ts'

const stage = await determinationStage()
const { app, db, sql, maker, first, second, city, desk, elsewhere, call, made, families, approved, change } = stage
const QUOTA = 3
const all = [...stage.here, ...(await registerFamilies(db, 6, MARGAHAYU, () => ({ decile: 3 })))]

type Who = typeof maker
const ok = async <T>(who: Who, method: 'GET' | 'POST', url: string, payload?: object) => {
  const answer = await call<T>(who, method, url, payload)
  assert.ok(answer.status < 300, `${method} ${url}: ${answer.status} ${answer.text.slice(0, 300)}`)
  return answer.body
}
const refused = async (who: Who, url: string, payload: object = {}) => {
  const { status, body } = await call<Refused>(who, 'POST', url, payload)
  return status === 403 || status === 404 ? status : (body.errors?.[0]?.code ?? body.code)
}
const died = (family: string) =>
  change([
    {
      kind: 'died',
      parts: all
        .filter((one) => one.family === family)
        .flatMap((one) => [one.head, one.child])
        .map((id) => ({ subject: 'person' as const, subjectId: id, patch: { status: 'dead', diedOn: '2026-11-10' } })),
    },
  ])

test('a place that became free goes to the next of those who wait, by two, and never beyond the quota', async () => {
  const list = await made({ quota: QUOTA, regionCode: MARGAHAYU })
  await approved(list.id)
  const path = `/determinations/${list.id}/additions`
  const next = (who = maker) => ok<NextAddition>(who, 'GET', `${path}/next`)
  const inOrder = (rows: ResultRow[]) => rows.map((row) => row.familyId)
  const on = inOrder((await families(list.id, '?outcome=in')).items)
  const waiting = inOrder((await families(list.id, '?reason=quota&sort=rank')).items)
  assert.deepEqual([on.length, waiting.length >= 6], [QUOTA, true])
  const annex = (await call(maker, 'GET', `/determinations/${list.id}/annex.pdf`)).raw

  // Nothing is free: nobody is offered, and nobody is shown.
  assert.deepEqual([(await next()).free, (await next()).next], [0, null])
  assert.equal(await refused(maker, path), 'addition_no_place')
  assert.equal(await refused(elsewhere, path), 404)
  assert.equal(await refused(desk, path), 403)
  const open = await made({ regionCode: MARGAHAYU, period: '2027-01' })
  await approved(open.id)
  assert.equal(await refused(maker, `/determinations/${open.id}/additions`), 'addition_without_quota')

  // Everybody on the list is invited; then two are taken back.
  const round = await ok<Round>(city, 'POST', '/rounds', {
    determinationId: list.id,
    name: 'Sembako Desember',
    way: 'community_point',
    opensOn: '2026-12-01',
    closesOn: '2026-12-20',
  })
  await prepareRounds(db)
  await ok(city, 'POST', `/rounds/${round.id}/schedule`, { startsAt: '2026-12-01T08:00', endsAt: '2026-12-01T12:00' })
  await ok(city, 'POST', `/rounds/${round.id}/invite`, {})
  const issuer = { secret: app.secret, baseUrl: app.baseUrl }
  await inviteRounds(db, issuer)
  for (const family of on.slice(0, 2)) {
    const asked = await ok<Withdrawal>(city, 'POST', `/entitlements/${list.id}/${family}/withdrawal`, {
      reason: 'refused_for_good',
      note: 'Menyatakan menolak di depan RT',
    })
    await ok(first, 'POST', `/withdrawals/${asked.id}/decide`, { decision: 'confirm' })
  }

  // Of those who wait the first is dead by now and the second has moved: both are passed over, and it is said why.
  const [dead, gone, third, fourth, fifth] = waiting
  assert.ok(dead && gone && third && fourth && fifth)
  await died(dead)
  await change([{ kind: 'moved_out', parts: [{ subject: 'family', subjectId: gone, patch: { status: 'moved_out' } }] }])
  const offered = await next()
  assert.deepEqual(offered.passed.map((one) => [one.familyId, one.why]), [[dead, 'dead'], [gone, 'moved']]) // prettier-ignore
  assert.deepEqual([offered.free, offered.next?.familyId, offered.next?.why], [2, third, null])
  assert.equal(offered.replaces?.familyId, on[0])
  assert.equal((await next(desk)).next, null, 'who does not work on the list is shown nobody')
  assert.equal(await refused(maker, path, { familyId: fourth }), 'addition_not_next')

  // Two at once take different people, and a third finds no place.
  const both = await Promise.all(
    [maker, city].map((who) => ok<Addition>(who, 'POST', path, { note: 'Menurut urutan' })),
  )
  assert.deepEqual(both.map((one) => one.familyId).toSorted(), [third, fourth].toSorted())
  assert.deepEqual(both.map((one) => one.replaces.familyId).toSorted(), on.slice(0, 2).toSorted())
  assert.equal(await refused(maker, path), 'addition_no_place')
  const by = (familyId: string) => both.find((one) => one.familyId === familyId)?.id ?? ''
  const proposer = both[0]?.familyId === third ? maker : city

  // Not by who proposed, not by another office, not by an officer; and nothing is entitled yet.
  const decide = (id: string) => `/additions/${id}/decide`
  for (const who of [proposer, city, desk])
    assert.equal(await refused(who, decide(by(third)), { decision: 'approve' }), 403)
  assert.equal(await refused(elsewhere, decide(by(third)), { decision: 'approve' }), 404)
  const entitled = () =>
    sql<{ family_id: string }>(
      `select family_id from entitlement where determination_id = $1 and state <> 'cancelled' order by family_id`,
      [list.id],
    )
  assert.equal((await entitled()).length, QUOTA - 2)
  assert.deepEqual(await ok(first, 'GET', '/additions/waiting'), { count: 2 })
  assert.deepEqual(await ok(city, 'GET', '/additions/waiting'), { count: 0 })
  const mine = await ok<Additions>(first, 'GET', '/additions?mine=decide')
  assert.ok(mine.items.length === 2 && mine.items.every((one) => one.can.includes('approve')))

  const added = await ok<Addition>(first, 'POST', decide(by(third)), { decision: 'approve' })
  assert.deepEqual([added.state, added.number, added.passed.map((one) => one.why)], ['approved', `${added.determination.decreeNumber}/T1`, ['dead', 'moved']]) // prettier-ignore
  assert.equal(await refused(second, decide(by(third)), { decision: 'refuse', note: 'Tidak jadi' }), 'addition_decided')
  // In the round, with a stop and a voucher as the others.
  await inviteRounds(db, issuer)
  const [joined] = await sql<{ stop: boolean; voucher: boolean; state: string }>(
    `select stop_id is not null as stop, voucher_id is not null as voucher, state from round_entitlement where round_id = $1 and family_id = $2`,
    [round.id, third],
  )
  assert.deepEqual(joined, { stop: true, voucher: true, state: 'open' })
  assert.deepEqual(await sql('select source from assistance where family_id = $1 and period_from = $2', [third, '2026-12-01']), [{ source: 'office' }]) // prettier-ignore

  // Who dies between the two is not approved; refused with a reason, the place goes to the next.
  await died(fourth)
  assert.equal(await refused(first, decide(by(fourth)), { decision: 'approve' }), 'addition_changed_since')
  assert.equal(await refused(first, decide(by(fourth)), { decision: 'refuse' }), 'required')
  await ok(first, 'POST', decide(by(fourth)), { decision: 'refuse', note: 'Sudah meninggal' })
  const id = uuid()
  const last = await ok<Addition>(maker, 'POST', path, { id })
  assert.equal((await ok<Addition>(maker, 'POST', path, { id })).familyId, last.familyId)
  assert.deepEqual([last.familyId, last.passed.map((one) => one.why)], [fifth, ['dead', 'moved', 'refused']])
  await ok(maker, 'POST', decide(id), { decision: 'retract' })
  const again = await ok<Addition>(maker, 'POST', path, {})
  assert.equal((await ok<Addition>(second, 'POST', decide(again.id), { decision: 'approve' })).number, `${added.determination.decreeNumber}/T2`) // prettier-ignore
  assert.deepEqual((await entitled()).map((row) => row.family_id), [...on.slice(2), third, fifth].toSorted()) // prettier-ignore
  const filled = await next()
  assert.deepEqual([filled.free, filled.approved, filled.next], [0, 2, null])

  // Nor by going around the application: no place, nobody who does not wait, nobody without an addition.
  const around = (statement: ReturnType<typeof raw>) => db.asSystem('test', (tx) => statement.execute(tx))
  const insert = (family: string, replaces: string) => around(raw`
    insert into determination_addition (id, determination_id, family_id, region_code, rank, replaces_id, payee_name, amount, persons, state, proposed_by, proposed_role)
    select ${uuid()}, determination_id, family_id, region_code, coalesce(rank, 1), ${replaces}, 'Warga', 1, 1, 'proposed', ${uuid()}, 'officer'
    from determination_result where determination_id = ${list.id} and family_id = ${family}`) // prettier-ignore
  const free = waiting[5] ?? ''
  await assert.rejects(insert(free, on[2] ?? ''), /the place is not free/)
  await assert.rejects(insert(on[2] ?? '', on[0] ?? ''), /only who waits/)
  await assert.rejects(insert(free, on[0] ?? ''), /quota of the list is full|duplicate key/)
  await assert.rejects(
    around(raw`insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons)
      select determination_id, ${free}, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons from entitlement
      where determination_id = ${list.id} limit 1`),
    /added to by two/,
  )
  await assert.rejects(around(raw`update determination_addition set state = 'refused' where id = ${added.id}`), /stays as it was decided/) // prettier-ignore

  // The annex is the same file; who was added stands in a paper beside it, the same every time.
  assert.ok((await call(maker, 'GET', `/determinations/${list.id}/annex.pdf`)).raw.equals(annex))
  assert.equal((await call(elsewhere, 'GET', `/determinations/${list.id}/additions.pdf`)).status, 404)
  const paper = await call(maker, 'GET', `/determinations/${list.id}/additions.pdf`)
  assert.ok(paper.status === 200 && paper.raw.subarray(0, 5).toString() === '%PDF-')
  assert.ok((await call(maker, 'GET', `/determinations/${list.id}/additions.pdf`)).raw.equals(paper.raw))
  assert.equal((await call(maker, 'GET', `/determinations/${list.id}/additions.xlsx`)).status, 200)
  assert.equal((await call(maker, 'GET', `/determinations/${open.id}/additions.pdf`)).status, 409)
})
