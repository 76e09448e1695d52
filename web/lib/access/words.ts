import type { Agency } from '#src/access/schema.ts'
import { m } from '#messages'

export const agencyWords: Readonly<Record<Agency, () => string>> = {
  social: m.access_agency_social,
  health: m.access_agency_health,
  education: m.access_agency_education,
  civil_registry: m.access_agency_civil_registry,
  health_insurance: m.access_agency_health_insurance,
  housing: m.access_agency_housing,
  manpower: m.access_agency_manpower,
  women_children: m.access_agency_women_children,
}

export const pillarWords: Readonly<Record<string, () => string>> = {
  karang_taruna: m.access_pillar_karang_taruna,
  psm: m.access_pillar_psm,
  tksk: m.access_pillar_tksk,
  tagana: m.access_pillar_tagana,
  pkh_companion: m.access_pillar_pkh_companion,
  lks: m.access_pillar_lks,
  other: m.access_pillar_other,
}
