import type { RegionKind, Tier } from '#src/regions/schema.ts'
import { m } from '#messages'

/** What people call each kind of region. */
export const kindWords: Readonly<Record<RegionKind, () => string>> = {
  negara: m.regions_kind_negara,
  provinsi: m.regions_kind_provinsi,
  kabupaten: m.regions_kind_kabupaten,
  kota: m.regions_kind_kota,
  kecamatan: m.regions_kind_kecamatan,
  distrik: m.regions_kind_distrik,
  kelurahan: m.regions_kind_kelurahan,
  desa: m.regions_kind_desa,
  desa_adat: m.regions_kind_desa_adat,
}

/** The question for the next step down. */
export const chooseWords: Readonly<Record<Tier, () => string>> = {
  nation: m.regions_choose_province,
  province: m.regions_choose_province,
  regency: m.regions_choose_regency,
  district: m.regions_choose_district,
  village: m.regions_choose_village,
}
