import CircleCheck from '@lucide/svelte/icons/circle-check'
import CirclePause from '@lucide/svelte/icons/circle-pause'
import CircleX from '@lucide/svelte/icons/circle-x'
import Columns3 from '@lucide/svelte/icons/columns-3'
import Loader from '@lucide/svelte/icons/loader'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import UserCheck from '@lucide/svelte/icons/user-check'
import type { Icon, Tone } from '#lib/ui/tone.ts'
import type { ImportState } from '#src/people/imports/schema.ts'
import { m } from '#messages'

/** Word, icon and colour of each state: amber waits for somebody. */
export const stateWords: Readonly<Record<ImportState, { word: () => string; icon: Icon; tone: Tone }>> = {
  uploaded: { word: m.imports_state_uploaded, icon: Columns3, tone: 'warning' },
  checking: { word: m.imports_state_checking, icon: Loader, tone: 'info' },
  checked: { word: m.imports_state_checked, icon: UserCheck, tone: 'warning' },
  loading: { word: m.imports_state_loading, icon: Loader, tone: 'info' },
  paused: { word: m.imports_state_paused, icon: CirclePause, tone: 'warning' },
  done: { word: m.imports_state_done, icon: CircleCheck, tone: 'success' },
  cancelled: { word: m.imports_state_cancelled, icon: CircleX, tone: 'neutral' },
  failed: { word: m.imports_state_failed, icon: TriangleAlert, tone: 'error' },
}

type Group = { label: string; options: { value: string; label: string }[] }

/** Everything a column can be, in the groups people look for it in. */
export const targetGroups = (programmes: readonly { code: string; name: string }[]): Group[] => [
  {
    label: m.imports_group_person(),
    options: [
      { value: 'nik', label: m.imports_field_nik() },
      { value: 'name', label: m.imports_field_name() },
      { value: 'relationship', label: m.imports_field_relationship() },
      { value: 'birthDate', label: m.imports_field_birthdate() },
      { value: 'birthPlace', label: m.imports_field_birthplace() },
      { value: 'sex', label: m.imports_field_sex() },
      { value: 'maritalStatus', label: m.imports_field_maritalstatus() },
      { value: 'motherName', label: m.imports_field_mothername() },
      { value: 'work', label: m.imports_field_work() },
      { value: 'schooling', label: m.imports_field_schooling() },
      { value: 'disability', label: m.imports_field_disability() },
      { value: 'pregnant', label: m.imports_field_pregnant() },
      { value: 'alive', label: m.imports_field_alive() },
      { value: 'personKey', label: m.imports_field_personkey() },
    ],
  },
  {
    label: m.imports_group_family(),
    options: [
      { value: 'kk', label: m.imports_field_kk() },
      { value: 'familyKey', label: m.imports_field_familykey() },
      { value: 'headName', label: m.imports_field_headname() },
      { value: 'address', label: m.imports_field_address() },
      { value: 'rt', label: m.imports_field_rt() },
      { value: 'rw', label: m.imports_field_rw() },
      { value: 'decile', label: m.imports_field_decile() },
    ],
  },
  {
    label: m.imports_group_place(),
    options: [
      { value: 'villageCode', label: m.imports_field_villagecode() },
      { value: 'village', label: m.imports_field_village() },
      { value: 'district', label: m.imports_field_district() },
      { value: 'regency', label: m.imports_field_regency() },
      { value: 'province', label: m.imports_field_province() },
    ],
  },
  {
    label: m.imports_group_assistance(),
    options: programmes.map(({ code, name }) => ({
      value: `assistance:${code}`,
      label: m.imports_receives({ programme: name }),
    })),
  },
  {
    label: m.imports_group_period(),
    options: programmes.map(({ code, name }) => ({
      value: `period:${code}`,
      label: m.imports_period_of({ programme: name }),
    })),
  },
]
