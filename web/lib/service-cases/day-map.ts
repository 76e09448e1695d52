import { drawn } from '#lib/regions/map.ts'
import type { RegionMap } from '#src/regions/schema.ts'
import type { StepTask } from '#src/programmes/services/schema.ts'

type Spot = { x: number; y: number; numbers: number[]; words: string }

/** A map narrower than this shows nothing but one dot; some 5 km. */
const NARROWEST = 0.05

/**
 * The tasks that have a place, on the map of the worker's region: framed around them, those that would lie on each other as one mark with
 * the numbers they have in the list. Null when none has a place.
 */
export function dayMap(map: RegionMap, tasks: readonly StepTask[], width: number) {
  const placed = tasks.flatMap((task, at) =>
    task.lat === null || task.lon === null ? [] : [{ lat: task.lat, lon: task.lon, number: at + 1 }],
  )
  if (placed.length === 0) return null
  const box = frame(placed)
  const [west = 0, south = 0, east = 1, north = 1] = box
  const picture = drawn(
    {
      ...map,
      box,
      focus: null,
      places: map.places.filter((one) => one.lon > west && one.lon < east && one.lat > south && one.lat < north),
    },
    width,
  )
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const unit = width / ((east - west) * across)
  const spots: Spot[] = []
  for (const one of placed) {
    const x = Math.round((one.lon - west) * across * unit)
    const y = Math.round((north - one.lat) * unit)
    const near = spots.find((spot) => Math.hypot(spot.x - x, spot.y - y) < 24)
    if (near) near.numbers.push(one.number)
    else spots.push({ x, y, numbers: [one.number], words: '' })
  }
  for (const spot of spots)
    spot.words = spot.numbers.length > 3 ? `${spot.numbers.slice(0, 2).join(', ')} …` : spot.numbers.join(', ')
  return { ...picture, spots }
}

function frame(points: readonly { lat: number; lon: number }[]): number[] {
  const widen = (values: number[]): [number, number] => {
    const from = Math.min(...values)
    const to = Math.max(...values)
    const half = Math.max(NARROWEST, (to - from) * 1.4) / 2
    return [(from + to) / 2 - half, (from + to) / 2 + half]
  }
  const [west, east] = widen(points.map((one) => one.lon))
  const [south, north] = widen(points.map((one) => one.lat))
  // Never a strip: a map at least half as high as wide, and as wide as high.
  const high = Math.max(north - south, (east - west) * 0.6)
  const wide = Math.max(east - west, (north - south) * 0.8)
  const middle = [(west + east) / 2, (south + north) / 2] as const
  return [middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2]
}
