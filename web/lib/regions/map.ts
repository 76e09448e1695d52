import type { RegionMap } from '#src/regions/schema.ts'

/** Something to show on a map: where it is, what it is called, and how it looks. */
export type MapSpot = {
  key: string
  lat: number
  lon: number
  /** said aloud and on pointing at it: all that the mark tells */
  title: string
  /** beside the mark, where there is room */
  label?: string
  /** in the mark, which then is a pill; without it a disc */
  words?: string
  /** of a disc, in units of the picture */
  radius?: number
  /** of a disc: 0 (empty) to 1 (full) */
  share?: number
  href?: string
}
type Dot = { code: string; name: string; x: number; y: number; gap: number }
type Label = Omit<Dot, 'gap'> & { anchor: 'start' | 'end' }

/** Kilometres of one degree of latitude. */
const DEGREE = 111.2
const LABEL = { height: 13, letter: 6 }
const MOST_LABELS = 14
/** A map narrower than this shows nothing but one dot; some 5 km. */
const NARROWEST = 0.05

/** Where a point of a box (west, south, east, north) lies in a picture `width` wide: equal distances look equal at its middle (equirectangular). */
export function projection([west = 0, south = 0, east = 1, north = 1]: readonly number[], width: number) {
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const unit = width / ((east - west) * across)
  return {
    unit,
    height: Math.round((north - south) * unit),
    x: (lon: number) => Math.round((lon - west) * across * unit * 10) / 10,
    y: (lat: number) => Math.round((north - lat) * unit * 10) / 10,
  }
}

export const isOn = (
  { box: [west = 0, south = 0, east = 1, north = 1] }: RegionMap,
  at: { lat: number; lon: number },
) => at.lon >= west && at.lon <= east && at.lat >= south && at.lat <= north

/** The same map nearer: a frame around points that lie on it, never a strip: at least half as high as wide, and as wide as high. */
export function closer(map: RegionMap, points: readonly { lat: number; lon: number }[]): RegionMap {
  if (points.length === 0) return map
  const widen = (values: number[]): [number, number] => {
    const from = Math.min(...values)
    const to = Math.max(...values)
    const half = Math.max(NARROWEST, (to - from) * 1.4) / 2
    return [(from + to) / 2 - half, (from + to) / 2 + half]
  }
  const [west, east] = widen(points.map((one) => one.lon))
  const [south, north] = widen(points.map((one) => one.lat))
  const high = Math.max(north - south, (east - west) * 0.6)
  const wide = Math.max(east - west, (north - south) * 0.8)
  const [x, y] = [(west + east) / 2, (south + north) / 2]
  return { ...map, box: [x - wide / 2, y - high / 2, x + wide / 2, y + high / 2] }
}

/**
 * A region's map in the units of an SVG `width` wide. Labels that would lie on each other, on the pin or outside are left out, places and spots
 * outside of the box too; a list beside the map names them all.
 */
export function drawn(map: RegionMap, width: number, spots: readonly MapSpot[] = []) {
  const { unit, height, x, y } = projection(map.box, width)
  const dots = map.places
    .filter((one) => isOn(map, one))
    .map(({ code, name, lat, lon }) => ({ code, name, x: x(lon), y: y(lat), gap: code === map.focus?.code ? 10 : 5 }))
  const focus = map.focus && isOn(map, map.focus) ? { x: x(map.focus.lon), y: y(map.focus.lat) } : null
  const marks = spots.filter((one) => isOn(map, one)).map((spot) => ({ ...spot, x: x(spot.lon), y: y(spot.lat) }))
  const named = marks.flatMap(({ key, label, radius = 0, ...at }) =>
    label === undefined ? [] : [{ code: key, name: label, x: at.x, y: at.y, gap: radius + 3 }],
  )
  const km = roundDown(((width / 3) * DEGREE) / unit)
  return {
    height,
    land: map.land.map((ring) => outline(ring, x, y)).join(''),
    places: dots.filter((dot) => dot.code !== map.focus?.code),
    marks,
    labels: labelled([...named, ...dots], map.focus?.code, focus, width, height),
    focus,
    scale: { km, width: Math.round((km / DEGREE) * unit) },
  }
}

function outline(ring: readonly number[], x: (lon: number) => number, y: (lat: number) => number): string {
  let path = ''
  for (let at = 0; at + 1 < ring.length; at += 2)
    path += `${at === 0 ? 'M' : 'L'}${x(ring[at] ?? 0)} ${y(ring[at + 1] ?? 0)}`
  return `${path}z`
}

/** 1, 2 or 5 times a power of ten, at most `value`. */
export function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([5, 2, 1].find((step) => step * power <= value) ?? 1) * power
}

type Area = { left: number; right: number; top: number; bottom: number }
const meet = (a: Area, b: Area) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** The region asked for first, then the others as they fit, to the right of their dot or to its left. */
function labelled(
  dots: readonly Dot[],
  first: string | undefined,
  pin: { x: number; y: number } | null,
  width: number,
  height: number,
): Label[] {
  const taken: Area[] = pin ? [{ left: pin.x - 8, right: pin.x + 8, top: pin.y - 24, bottom: pin.y + 2 }] : []
  taken.push({ left: 0, right: width / 2.5, top: height - 36, bottom: height })
  const labels: Label[] = []
  const order = [...dots.filter((one) => one.code === first), ...dots.filter((one) => one.code !== first)]
  for (const { gap, ...spot } of order) {
    const long = spot.name.length * LABEL.letter
    for (const anchor of ['start', 'end'] as const) {
      const left = anchor === 'start' ? spot.x + gap : spot.x - gap - long
      const area = { left, right: left + long, top: spot.y - LABEL.height / 2, bottom: spot.y + LABEL.height / 2 }
      const isInside = area.left >= 2 && area.right <= width - 2 && area.top >= 2 && area.bottom <= height - 2
      if (!isInside || taken.some((one) => meet(one, area))) continue
      taken.push(area)
      labels.push({ ...spot, x: anchor === 'start' ? spot.x + gap : spot.x - gap, y: spot.y + 4, anchor })
      break
    }
    if (labels.length === MOST_LABELS) break
  }
  return labels
}
