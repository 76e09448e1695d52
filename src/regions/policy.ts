import { type Actor, isWithin } from '#src/platform/db/index.ts'
import type { HolidayKind } from './schema.ts'

/** Holidays, working weeks and contacts of offices are an administrator's, in their own region and beneath. */
export const mayAdminister = (
  actor: Pick<Actor, 'role' | 'regionCode'> | null | undefined,
  regionCode: string,
): boolean => actor?.role === 'administrator' && isWithin(regionCode, actor.regionCode)

/** National days off and collective leave hold for the whole nation; what a region gives itself is regional. */
export const kindFits = (kind: HolidayKind, regionCode: string): boolean =>
  (kind === 'regional') !== (regionCode === '00')
