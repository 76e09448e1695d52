import type { Found, Hit, Understood } from '#src/people/finding/schema.ts'
import { formatDate } from '#lib/format.ts'
import { m } from '#messages'

const kinds: Readonly<Record<Understood['kind'], () => string>> = {
  nik_or_kk: m.finding_kind_nik_or_kk,
  number_part: m.finding_kind_number_part,
  name: m.finding_kind_name,
  birth_date: m.finding_kind_birth_date,
  birth_year: m.finding_kind_birth_year,
  rt_rw: m.finding_kind_rt_rw,
  address: m.finding_kind_address,
  region: m.finding_kind_region,
}

/** 'nama: siti aminah' */
export const understoodWords = ({ kind, text }: Understood): string =>
  `${kinds[kind]()}: ${kind === 'birth_date' ? formatDate(text) : text}`

const narrows: Readonly<Record<Found['narrow'][number], () => string>> = {
  something: m.finding_narrow_something,
  name: m.finding_narrow_name,
  second_name: m.finding_narrow_second_name,
  birth_date: m.finding_narrow_birth_date,
  region: m.finding_narrow_region,
  number: m.finding_narrow_number,
}
/** 'Agar lebih tepat, tambahkan nama lengkap, tanggal lahir.' */
export const narrowWords = (narrow: Found['narrow']): string =>
  m.finding_narrow({ what: narrow.map((one) => narrows[one]()).join(', ') })

export const statusWords: Readonly<Record<Exclude<Hit['status'], 'active'>, () => string>> = {
  dead: m.finding_status_dead,
  moved_out: m.finding_status_moved_out,
  not_found: m.finding_status_not_found,
}

/** Kinds of work one opens a family for, in the order they are offered. */
export const workOptions = (): { value: string; label: string }[] => [
  { value: 'service', label: m.finding_work_service() },
  { value: 'complaint', label: m.finding_work_complaint() },
  { value: 'proposal', label: m.finding_work_proposal() },
  { value: 'correction', label: m.finding_work_correction() },
  { value: 'field_check', label: m.finding_work_field_check() },
  { value: 'meeting', label: m.finding_work_meeting() },
  { value: 'campaign', label: m.finding_work_campaign() },
  { value: 'linkage', label: m.finding_work_linkage() },
  { value: 'rights', label: m.finding_work_rights() },
  { value: 'other', label: m.finding_work_other() },
]
