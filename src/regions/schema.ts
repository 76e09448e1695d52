import { type Static, Type } from 'typebox'

export const Tier = Type.Enum(['nation', 'province', 'regency', 'district', 'village'])
export type Tier = Static<typeof Tier>

export const RegionKind = Type.Enum([
  'negara',
  'provinsi',
  'kabupaten',
  'kota',
  'kecamatan',
  'distrik',
  'kelurahan',
  'desa',
  'desa_adat',
])
export type RegionKind = Static<typeof RegionKind>
