import type { RegionMap } from '#src/regions/schema.ts'

type Spot = { code: string; name: string; x: number; y: number }
type Label = Spot & { anchor: 'start' | 'end' }

/** Kilometres of one degree of latitude. */
const DEGREE = 111.2
const LABEL = { height: 13, letter: 6 }
const MOST_LABELS = 14

/**
 * A region's map in the units of an SVG `width` wide: equal distances north and east look equal at its middle (equirectangular).
 * Labels that would lie on each other, on the pin or outside are left out; the places beside the map name them all.
 */
export function drawn(map: RegionMap, width: number) {
  const [west = 0, south = 0, east = 1, north = 1] = map.box
  const across = Math.cos((((south + north) / 2) * Math.PI) / 180)
  const unit = width / ((east - west) * across)
  const height = Math.round((north - south) * unit)
  const x = (lon: number) => Math.round((lon - west) * across * unit * 10) / 10
  const y = (lat: number) => Math.round((north - lat) * unit * 10) / 10
  const spots = map.places.map(({ code, name, lat, lon }) => ({ code, name, x: x(lon), y: y(lat) }))
  const focus = map.focus && { x: x(map.focus.lon), y: y(map.focus.lat) }
  const km = roundDown(((width / 3) * DEGREE) / unit)
  return {
    height,
    land: map.land.map((ring) => outline(ring, x, y)).join(''),
    places: spots.filter((spot) => spot.code !== map.focus?.code),
    labels: labelled(spots, map.focus?.code, focus, width, height),
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
  spots: readonly Spot[],
  first: string | undefined,
  pin: { x: number; y: number } | null,
  width: number,
  height: number,
): Label[] {
  const taken: Area[] = pin ? [{ left: pin.x - 8, right: pin.x + 8, top: pin.y - 24, bottom: pin.y + 2 }] : []
  taken.push({ left: 0, right: width / 2.5, top: height - 36, bottom: height })
  const labels: Label[] = []
  const order = [...spots.filter((one) => one.code === first), ...spots.filter((one) => one.code !== first)]
  for (const spot of order) {
    const long = spot.name.length * LABEL.letter
    const gap = spot.code === first ? 10 : 5
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
