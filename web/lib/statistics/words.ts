import type { Class, Door, Tier } from '#src/complaints/schema.ts'
import { m } from '#messages'

/** What the codes of figures are called. */
export const tierWords: Readonly<Record<Tier, () => string>> = {
  village: m.tier_village,
  district: m.tier_district,
  regency: m.tier_regency,
  province: m.tier_province,
  nation: m.tier_nation,
}

export const classWords: Readonly<Record<Class, () => string>> = {
  information: m.class_information,
  suggestion: m.class_suggestion,
  complaint: m.class_complaint,
  oversight: m.class_oversight,
}

export const doorWords: Readonly<Record<Door, () => string>> = {
  web: m.door_web,
  desk: m.door_desk,
  pillar: m.door_pillar,
  api: m.door_api,
}
