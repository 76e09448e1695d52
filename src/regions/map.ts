import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import type { RegionMap } from './schema.ts'

/** [west, south, east, north] in degrees. */
export type Box = readonly [number, number, number, number]
/** Longitude and latitude in turn: x0, y0, x1, y1 … */
export type Ring = readonly number[]

/** A map narrower than this shows no coast and tells nothing; about 45 km. */
const NARROWEST = 0.4
const MARGIN = 0.12
const ARCHIPELAGO: Box = [95, -11.2, 141.2, 6.2]

type Point = { code: string; name: string; tier: string; lat: number; lon: number }

/**
 * What a map of a region shows: where it lies (its own point, or that of what lies above it), the places of its regency (of a
 * province: its regencies), and the land between them.
 */
export async function regionMap(tx: Tx, code: string): Promise<RegionMap> {
  const { rows: path } = await sql<{
    code: string
    name: string
    tier: string
    lat: number | null
    lon: number | null
  }>`
    select code, name, tier, lat, lon from region
    where code in ('00', ${code.slice(0, 2)}, ${code.slice(0, 5)}, ${code.slice(0, 8)}, ${code}) order by code = '00', length(code) desc`.execute(
    tx,
  )
  if (path[0]?.code !== code) throw notFound('region')
  const here = path.find((one): one is Point => one.lat !== null && one.lon !== null)
  const tier = code === '00' ? 'province' : code.length === 2 ? 'regency' : 'district'
  const within = code === '00' ? '' : code.slice(0, code.length === 2 ? 2 : 5)
  const { rows: places } = await sql<Point>`
    select code, name, tier, lat, lon from region
    where code >= ${within} and code < ${`${within}~`} and tier = ${tier} and lat is not null order by code`.execute(tx)
  const box = code === '00' ? ARCHIPELAGO : frame([...places, ...(here ? [here] : [])])
  return {
    focus: here && here.tier !== 'nation' ? { ...shown(here), isOwn: here.code === code } : null,
    box: [...box],
    land: (await outlines()).flatMap((ring) => clip(ring, box)),
    places: places.map(shown),
  }
}

const shown = ({ code, name, lat, lon }: Point) => ({ code, name, lat, lon })

/** The box around points, with a margin and never too narrow. Of no points: the whole archipelago. */
export function frame(points: readonly { lat: number; lon: number }[]): Box {
  if (points.length === 0) return ARCHIPELAGO
  const widen = (from: number, to: number): [number, number] => {
    const half = Math.max(NARROWEST, (to - from) * (1 + 2 * MARGIN)) / 2
    return [(from + to) / 2 - half, (from + to) / 2 + half]
  }
  const lons = points.map((one) => one.lon)
  const lats = points.map((one) => one.lat)
  const [west, east] = widen(Math.min(...lons), Math.max(...lons))
  const [south, north] = widen(Math.min(...lats), Math.max(...lats))
  return [west, south, east, north]
}

let known: Promise<Ring[]> | undefined

/** Read once; 110 kB. */
function outlines(): Promise<Ring[]> {
  known ??= readFile(new URL('./points/outlines.txt', import.meta.url), 'utf8').then((text) =>
    text.trim().split('\n').map(unpacked),
  )
  return known
}

function unpacked(line: string): Ring {
  let east = 0
  let north = 0
  return line.split(',').flatMap((step) => {
    const [dx = 0, dy = 0] = step.split(' ').map(Number)
    east += dx
    north += dy
    return [east / 100, north / 100]
  })
}

/** The part of a ring inside a box, side by side (Sutherland–Hodgman); nothing where they do not meet. */
export function clip(ring: Ring, [west, south, east, north]: Box): number[][] {
  let points: [number, number][] = []
  for (let at = 0; at + 1 < ring.length; at += 2) points.push([ring[at] ?? 0, ring[at + 1] ?? 0])
  const sides = [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ] as const
  for (const [axis, limit, sign] of sides) {
    const kept: [number, number][] = []
    for (const [index, to] of points.entries()) {
      const from = points.at(index - 1) ?? to
      const isIn = (to[axis] - limit) * sign >= 0
      if (isIn !== (from[axis] - limit) * sign >= 0) {
        const share = (limit - from[axis]) / (to[axis] - from[axis])
        kept.push([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share])
      }
      if (isIn) kept.push(to)
    }
    points = kept
    if (points.length === 0) return []
  }
  return [points.flatMap(([x, y]) => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000])]
}
