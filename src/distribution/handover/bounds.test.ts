import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import fc from 'fast-check'
import sharp from 'sharp'
import { handingOver } from '#test/support/handing-over.ts'
import { SIGNATURE_POINTS } from './schema.ts'
import { PIECE, pictureOf } from './signature.ts'

const { app, pillar, call, refused, openRound, redemption, send, sql } = await handingOver()

/** A hand that goes anywhere on a pad, the same each time. */
const scrawl = (strokes: number, points: number, size = 2000) => {
  let seed = 7
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % size
  return Array.from({ length: strokes }, () => Array.from({ length: points * 2 }, next))
}
const pad = (strokes: number[][]) => ({ width: 600, height: 240, strokes })
const counted = (strokes: readonly (readonly number[])[]) => strokes.reduce((sum, one) => sum + one.length, 0) / 2

test('a drawing has so many points, and is drawn in pieces small enough that lines which cross cost little', async () => {
  const round = await openRound(2)
  const [family] = round.list.families
  const given = (strokes: number[][], size = 2000) =>
    redemption(round, { familyId: family?.id, signature: { width: size, height: size, strokes } })
  const url = `/rounds/${round.id}/redemptions`
  const over = [...scrawl(2, 999), ...scrawl(1, SIGNATURE_POINTS - 1997)]
  assert.equal(counted(over), SIGNATURE_POINTS + 1)
  assert.equal(await refused(pillar, 'POST', url, given(over)), 'signature: too_many_points')
  assert.equal(await refused(pillar, 'POST', url, given(scrawl(200, 1000))), 'signature: too_many_points')
  // Not vacuous: as many as may be are taken, and drawn no larger than a screen shows.
  const most = given(scrawl(2, SIGNATURE_POINTS / 2))
  assert.equal((await send(pillar, round, most)).state, 'delivered')
  const [kept] = await sql<{ file_id: string }>(`select file_id from redemption_file where redemption_id = $1`, [most.id]) // prettier-ignore
  const { width, height } = await sharp(await buffer(await app.files.get(kept?.file_id ?? ''))).metadata()
  assert.deepEqual([width, height], [800, 800])
})

test('every point is drawn, in pieces that hang together: the picture is the one a single line would give', async () => {
  const lines = (svg: string) => [...svg.matchAll(/<path d="M([^"]*)"/g)].map((one) => (one[1] ?? '').split('L'))
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 240 }), { minLength: 2, maxLength: 120 }), {
        minLength: 1,
        maxLength: 5,
      }),
      (drawn) => {
        const strokes = drawn.map((one) => (one.length % 2 === 1 ? one.slice(1) : one))
        const pieces = lines(pictureOf(pad(strokes)))
        assert.ok(pieces.every((one) => one.length <= PIECE + 1))
        // Put together again where one begins with the end of the one before, they are the strokes.
        let at = 0
        for (const stroke of strokes) {
          const points = Array.from({ length: stroke.length / 2 }, (_, n) => `${stroke[n * 2]} ${stroke[n * 2 + 1]}`)
          const joined = pieces[at++]?.slice() ?? []
          while (joined.length < points.length) joined.push(...(pieces[at++]?.slice(1) ?? ['nothing']))
          assert.deepEqual(joined, points.length === 1 ? [points[0], points[0]] : points)
        }
        assert.equal(at, pieces.length)
      },
    ),
    { numRuns: 200 },
  )
  const name = pad([Array.from({ length: 160 }, (_, at) => at % 2 === 0 ? 40 + at * 3 : Math.round(120 + 70 * Math.sin(at / 9)))]) // prettier-ignore
  const [stroke = []] = name.strokes
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240"><rect width="100%" height="100%" fill="#fff"/><polyline points="${stroke.join(' ')}" fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`
  const [a, b] = await Promise.all(
    [pictureOf(name), whole].map((svg) => sharp(Buffer.from(svg)).greyscale().raw().toBuffer()),
  )
  assert.ok(a && b && a.length === b.length)
  const ink = a.reduce((sum, shade) => sum + (255 - shade), 0)
  const apart = a.reduce((sum, shade, at) => sum + Math.abs(shade - (b[at] ?? 0)), 0)
  assert.ok(ink > 100_000 && apart < ink * 0.02, `${apart} of ${ink}`)
})

test('looking for a name of nothing but spaces is told, and is no fault of the server', async () => {
  const round = await openRound(2)
  const url = `/handovers/${round.stop.id}/look`
  for (const name of ['   ', '\t\n', '\u00a0\u2003'])
    assert.equal(await refused(pillar, 'POST', url, { name }), 'name: pattern')
  const found = await call<{ people: unknown[] }>(pillar, 'POST', url, { name: '  uji ' })
  assert.ok(found.status === 200 && found.body.people.length > 0)
})
