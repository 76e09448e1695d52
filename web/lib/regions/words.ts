import type { Agency, RegionKind } from '#src/regions/schema.ts'
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

/** What one goes to each agency for. */
export const agencyWords: Readonly<Record<Agency, () => string>> = {
  social: m.regions_agency_social,
  health: m.regions_agency_health,
  education: m.regions_agency_education,
  civil_registry: m.regions_agency_civil_registry,
  health_insurance: m.regions_agency_health_insurance,
  housing: m.regions_agency_housing,
  manpower: m.regions_agency_manpower,
  women_children: m.regions_agency_women_children,
}
