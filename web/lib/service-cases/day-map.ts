import { closer, type MapSpot, projection } from '#lib/regions/map.ts'
import type { StepTask } from '#src/programmes/services/schema.ts'
import type { RegionMap } from '#src/regions/schema.ts'

type Mark = { lat: number; lon: number; x: number; y: number; numbers: number[]; names: string[] }

/** Marks nearer than this lie on each other. */
const TOO_NEAR = 24

/**
 * The tasks that have a place, on the map of the worker's region: framed around them, those that would lie on each other as one mark with
 * the numbers they have in the list. Null when none has a place on it.
 */
export function dayMap(map: RegionMap, tasks: readonly StepTask[], width: number) {
  const placed = tasks.flatMap((task, at) =>
    task.lat === null || task.lon === null
      ? []
      : [{ lat: task.lat, lon: task.lon, number: at + 1, name: `${at + 1}. ${task.region.name}` }],
  )
  if (placed.length === 0) return null
  const near = closer(map, placed)
  const { x, y } = projection(near.box, width)
  const marks: Mark[] = []
  for (const { number, name, ...at } of placed) {
    const here = { x: x(at.lon), y: y(at.lat) }
    const other = marks.find((mark) => Math.hypot(mark.x - here.x, mark.y - here.y) < TOO_NEAR)
    if (other) {
      other.numbers.push(number)
      other.names.push(name)
    } else marks.push({ ...at, ...here, numbers: [number], names: [name] })
  }
  const spots: MapSpot[] = marks.map((mark) => ({
    key: mark.numbers.join(),
    lat: mark.lat,
    lon: mark.lon,
    title: mark.names.join(', '),
    words: mark.numbers.length > 3 ? `${mark.numbers.slice(0, 2).join(', ')} …` : mark.numbers.join(', '),
  }))
  return { map: { ...near, focus: null }, spots }
}
