import type { HolidayKind } from '#src/regions/schema.ts'
import { m } from '#messages'

/** The kinds a day off can have where it holds: the nation gives two kinds, a region one. */
export const kindOptions = (regionCode: string): { value: HolidayKind; label: string }[] =>
  regionCode === '00'
    ? [
        { value: 'national', label: m.regions_kind_national() },
        { value: 'collective_leave', label: m.regions_kind_collective() },
      ]
    : [{ value: 'regional', label: m.regions_kind_regional() }]
