import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { clip, frame } from './map.ts'

const { db } = await testDatabase()
const app = await testApp(db)
const mapOf = async (code: string) => {
  const answer = await app.inject({ url: `/api/regions/${code}/map` })
  return { status: answer.statusCode, body: answer.json() }
}

test('a village is shown by the point of what lies above it, and says so', async () => {
  const { status, body } = await mapOf('32.75.01.1002')
  assert.equal(status, 200)
  assert.equal(body.focus.code, '32.75')
  assert.equal(body.focus.isOwn, false)
  const [west, south, east, north] = body.box
  assert.ok(west < body.focus.lon && body.focus.lon < east && south < body.focus.lat && body.focus.lat < north)
  assert.ok(body.land.length >= 1)
})

test('of a province its regencies, of the nation its provinces', async () => {
  const province = await mapOf('33')
  assert.ok(province.body.places.some((one: { code: string }) => one.code === '33.13'))
  assert.equal(province.body.focus.isOwn, true)
  const nation = await mapOf('00')
  assert.equal(nation.body.focus, null)
  assert.equal(nation.body.places.length, 38)
  assert.ok(nation.body.land.length > 100)
  assert.equal((await mapOf('99')).status, 404)
})

test('what is clipped lies inside the box, and what lies inside is not clipped', () => {
  const coordinate = fc.integer({ min: -20, max: 20 })
  const ring = fc.array(fc.tuple(coordinate, coordinate), { minLength: 3, maxLength: 12 })
  fc.assert(
    fc.property(ring, (points) => {
      const parts = clip(points.flat(), [-5, -5, 5, 5])
      assert.ok(parts.flat().every((value) => Math.abs(value) <= 5))
      if (points.flat().every((value) => Math.abs(value) < 5)) assert.deepEqual(parts, [points.flat()])
      if (points.every(([x]) => x > 5)) assert.deepEqual(parts, [])
    }),
  )
})

test('a frame is never too narrow', () => {
  const [west, south, east, north] = frame([{ lat: -6, lon: 107 }])
  assert.ok(Math.abs(east - west - 0.4) < 1e-9 && Math.abs(north - south - 0.4) < 1e-9)
})
