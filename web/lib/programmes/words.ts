import type { RuleFigure } from '#src/programmes/determination/schema.ts'
import type { CatalogueItem, ProgrammeVersion, VersionPage } from '#src/programmes/catalogue/schema.ts'
import { m } from '#messages'

export { nameOf, optionsOf } from '#lib/named.ts'

type Words<Key extends string> = Readonly<Record<Key, () => string>>

export const kindWords: Words<NonNullable<CatalogueItem['kind']>> = {
  cash: m.programmes_kind_cash,
  goods: m.programmes_kind_goods,
  service: m.programmes_kind_service,
  contribution: m.programmes_kind_contribution,
}
export const unitWords: Words<NonNullable<CatalogueItem['unit']>> = {
  person: m.programmes_unit_person,
  family: m.programmes_unit_family,
  group: m.programmes_unit_group,
}
export const ownerWords: Words<NonNullable<CatalogueItem['owner']>> = {
  ministry: m.programmes_owner_ministry,
  province: m.programmes_owner_province,
  regency: m.programmes_owner_regency,
  village: m.programmes_owner_village,
}
export const periodWords: Words<NonNullable<CatalogueItem['period']>> = {
  once: m.programmes_period_once,
  month: m.programmes_period_month,
  two_months: m.programmes_period_two_months,
  quarter: m.programmes_period_quarter,
  half_year: m.programmes_period_half_year,
  year: m.programmes_period_year,
  case: m.programmes_period_case,
}
export const wayWords: Words<ProgrammeVersion['delivery'][number]> = {
  bank: m.programmes_way_bank,
  post_office: m.programmes_way_post_office,
  community_point: m.programmes_way_community_point,
  to_the_door: m.programmes_way_to_the_door,
  at_service: m.programmes_way_at_service,
}
export const stateWords: Words<ProgrammeVersion['state']> = {
  draft: m.programmes_state_draft,
  published: m.programmes_state_published,
  withdrawn: m.programmes_state_withdrawn,
}
export const outcomeWords: Words<'in' | 'out' | 'waiting'> = {
  in: m.programmes_outcome_in,
  out: m.programmes_outcome_out,
  waiting: m.programmes_outcome_waiting,
}
export const obstacleWords: Words<VersionPage['obstacles'][number]> = {
  rule_faults: m.programmes_obstacle_rule_faults,
  examples_fail: m.programmes_obstacle_examples_fail,
  example_in_missing: m.programmes_obstacle_example_in_missing,
  example_out_missing: m.programmes_obstacle_example_out_missing,
  backdated: m.programmes_obstacle_backdated,
  by_another: m.programmes_obstacle_by_another,
}
/** Figures of a count of a rule. */
export const figureWords: Words<RuleFigure> = {
  in: m.programmes_count_in,
  out: m.programmes_count_out,
  waiting: m.programmes_count_waiting,
  failed: m.programmes_count_conditions,
  missing: m.programmes_count_waiting,
  only: m.programmes_count_only,
}
