import assert from 'node:assert/strict'
import sharp from 'sharp'
import { v7 as uuid } from 'uuid'
import type { NewRedemption, Redeemed } from '#src/distribution/handover/schema.ts'
import { inviteRounds, openRounds, prepareRounds } from '#src/distribution/rounds/index.ts'
import type { TrustedKey } from '#src/distribution/vouchers/index.ts'
import type { Round, Stop } from '#src/distribution/rounds/schema.ts'
import { signedIn, type SignedIn } from './accounts.ts'
import { testApp } from './app.ts'
import { type ApprovedList, approvedList, VILLAGES } from './distribution.ts'
import { testDatabase } from './postgres.ts'

type Problem = { code: string; title: string; errors?: { field: string; code: string }[] }
export type OpenRound = {
  id: string
  list: ApprovedList
  stop: Stop
  stop2: Stop
  tokens: Map<string, { token: string; code: string }>
}
/** Undefined takes a field away. */
type More = { [Key in keyof NewRedemption]?: NewRedemption[Key] | undefined }

/** A photo as a telephone sends it within a record. */
export const photo = async (colour = '#c96'): Promise<string> =>
  (
    await sharp({ create: { width: 40, height: 25, channels: 3, background: colour } })
      .jpeg()
      .toBuffer()
  ).toString('base64')

/** An application with its own database and people around two villages of Bekasi: offices, a pillar in each, and one who is not in charge. */
export async function handingOver(options: { voucherTrust?: readonly TrustedKey[] } = {}) {
  const clock = { now: new Date('2026-11-20T01:45:00Z') }
  const { db, sql } = await testDatabase({ clock: () => clock.now })
  const app = await testApp(db, undefined, options.voucherTrust)
  const issuer = { secret: app.secret, baseUrl: app.baseUrl }
  const [village, other] = VILLAGES

  const city = await signedIn(db, { role: 'officer', regionCode: '32.75' })
  const chief = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
  const desk = await signedIn(db, { role: 'officer', regionCode: village })
  const elsewhere = await signedIn(db, { role: 'officer', regionCode: '33.13' })
  const pillar = await signedIn(db, { role: 'pillar', regionCode: village })
  const pillar2 = await signedIn(db, { role: 'pillar', regionCode: other })
  const stranger = await signedIn(db, { role: 'pillar', regionCode: village, name: 'Bukan Petugas' })

  const call = async <T>(who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/api${url}`,
      headers: { cookie: who.cookie, origin: 'http://localhost', host: 'localhost' },
      ...(payload && { payload }),
    })
    return {
      status: answer.statusCode,
      body: (answer.headers['content-type']?.includes('json') ? answer.json() : undefined) as T,
      raw: answer,
    }
  }
  const ok = async <T>(who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
    const { status, body, raw } = await call<T>(who, method, url, payload)
    assert.ok(status < 300, `${method} ${url}: ${status} ${raw.body.slice(0, 400)}`)
    return body
  }
  const refused = async (who: SignedIn, method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
    const { status, body } = await call<Problem>(who, method, url, payload)
    assert.ok(status >= 400 && status < 500, `${method} ${url}: ${status}`)
    return body.code === 'invalid_request' ? `${body.errors?.[0]?.field}: ${body.errors?.[0]?.code}` : body.code
  }

  /** A round that is open: both villages scheduled, everybody invited. Of a new list, or of what is left of one. */
  async function openRound(of: number | ApprovedList): Promise<OpenRound> {
    const list = typeof of === 'number' ? await approvedList(sql, { families: of }) : of
    const made = await ok<Round>(city, 'POST', '/rounds', {
      determinationId: list.determinationId,
      name: 'Sembako uji',
      way: 'community_point',
      opensOn: '2026-11-20',
      closesOn: '2026-11-30',
    })
    await prepareRounds(db)
    await ok(city, 'POST', `/rounds/${made.id}/schedule`, { startsAt: '2026-11-20T08:00', endsAt: '2026-11-20T12:00' })
    const { items: stops } = await ok<{ items: Stop[] }>(city, 'GET', `/rounds/${made.id}/stops`)
    for (const stop of stops)
      await ok(city, 'PATCH', `/rounds/${made.id}/stops/${stop.id}`, {
        people: [stop.village.code === village ? pillar.accountId : pillar2.accountId],
      })
    await ok(city, 'POST', `/rounds/${made.id}/invite`, {})
    await inviteRounds(db, issuer)
    if (typeof of === 'number') clock.now = new Date('2026-11-20T02:00:00Z')
    assert.equal(await openRounds(db), 1)
    const stop = stops.find((one) => one.village.code === village)
    const stop2 = stops.find((one) => one.village.code === other)
    assert.ok(stop && stop2)
    const tokens = new Map(
      (
        await sql<{ family_id: string; token: string; code: string }>(
          'select family_id, token, code from voucher where round_id = $1',
          [made.id],
        )
      ).map((row) => [row.family_id, row]),
    )
    return { id: made.id, list, stop, stop2, tokens }
  }
  const redemption = (round: OpenRound, more: More): NewRedemption =>
    ({
      id: uuid(),
      stopId: round.stop.id,
      outcome: 'received',
      receivedBy: 'self',
      happenedAt: clock.now.toISOString(),
      deviceId: 'telepon-1',
      offline: false,
      ...more,
    }) as NewRedemption
  const send = (who: SignedIn, round: OpenRound, given: NewRedemption) =>
    ok<Redeemed>(who, 'POST', `/rounds/${round.id}/redemptions`, given)
  return {
    app,
    db,
    sql,
    clock,
    issuer,
    village,
    other,
    city,
    chief,
    desk,
    elsewhere,
    pillar,
    pillar2,
    stranger,
    call,
    ok,
    refused,
    openRound,
    redemption,
    send,
  }
}
