import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left'
import BookOpenCheck from '@lucide/svelte/icons/book-open-check'
import Building2 from '@lucide/svelte/icons/building-2'
import CalendarDays from '@lucide/svelte/icons/calendar-days'
import ChartColumn from '@lucide/svelte/icons/chart-column'
import ClipboardList from '@lucide/svelte/icons/clipboard-list'
import Gavel from '@lucide/svelte/icons/gavel'
import Copy from '@lucide/svelte/icons/copy'
import FilePlus from '@lucide/svelte/icons/file-plus'
import FileUp from '@lucide/svelte/icons/file-up'
import Footprints from '@lucide/svelte/icons/footprints'
import HandHeart from '@lucide/svelte/icons/hand-heart'
import HeartHandshake from '@lucide/svelte/icons/heart-handshake'
import House from '@lucide/svelte/icons/house'
import Landmark from '@lucide/svelte/icons/landmark'
import ListChecks from '@lucide/svelte/icons/list-checks'
import ListTodo from '@lucide/svelte/icons/list-todo'
import Handshake from '@lucide/svelte/icons/handshake'
import Hourglass from '@lucide/svelte/icons/hourglass'
import IdCard from '@lucide/svelte/icons/id-card'
import Inbox from '@lucide/svelte/icons/inbox'
import MessagesSquare from '@lucide/svelte/icons/messages-square'
import Scale from '@lucide/svelte/icons/scale'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Search from '@lucide/svelte/icons/search'
import SearchCheck from '@lucide/svelte/icons/search-check'
import Send from '@lucide/svelte/icons/send'
import Target from '@lucide/svelte/icons/target'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import PackageCheck from '@lucide/svelte/icons/package-check'
import User from '@lucide/svelte/icons/user'
import Truck from '@lucide/svelte/icons/truck'
import Users from '@lucide/svelte/icons/users'
import UserRoundX from '@lucide/svelte/icons/user-round-x'
import type { Icon } from '#lib/ui/tone.ts'
import type { Me } from '#src/access/schema.ts'
import { m } from '#messages'

type Role = NonNullable<Me['acting']>['role']

/** Where a work queue is shown: a list with its filters in the address. */
export const queueHref = (key: string): string =>
  key === 'overdue' ? '/kerja?overdue=true&view=office' : `/kerja?view=${encodeURIComponent(key)}`

type Words = { word: () => string; icon: Icon; urgent?: true }

const queues: Readonly<Record<string, Words>> = {
  office: { word: m.staff_queue_office, icon: Building2 },
  mine: { word: m.staff_queue_mine, icon: User },
  unassigned: { word: m.staff_queue_unassigned, icon: UserRoundX },
  incoming: { word: m.staff_queue_incoming, icon: Send },
  overdue: { word: m.staff_queue_overdue, icon: TriangleAlert, urgent: true },
  to_verify: { word: m.staff_queue_to_verify, icon: SearchCheck },
  to_decide: { word: m.staff_queue_to_decide, icon: Scale },
}

/** Word and icon of a queue; a queue nobody has named yet shows its key. */
export const queueWords = (key: string): Words => queues[key] ?? { word: () => key, icon: Inbox }

/** Pages beside the queues, in the order they are listed, each for the roles that may open it. Add yours here. */
export const places: readonly { href: string; word: () => string; icon: Icon; roles: readonly Role[] }[] = [
  {
    href: '/beranda',
    word: m.staff_place_home,
    icon: House,
    roles: ['officer', 'supervisor', 'auditor', 'administrator'],
  },
  { href: '/kerja/baru', word: m.staff_place_new, icon: FilePlus, roles: ['officer', 'supervisor'] },
  { href: '/keluarga', word: m.finding_title, icon: Search, roles: ['officer', 'supervisor'] },
  {
    href: '/keluarga/periksa',
    word: m.register_place_waiting,
    icon: ListChecks,
    roles: ['officer', 'supervisor'],
  },
  {
    href: '/usulan',
    word: m.proposals_title,
    icon: ClipboardList,
    roles: ['officer', 'supervisor', 'pillar', 'auditor'],
  },
  { href: '/musyawarah', word: m.proposals_meetings, icon: Gavel, roles: ['officer', 'supervisor', 'auditor'] },
  { href: '/pantau', word: m.statistics_staff_place, icon: ChartColumn, roles: ['officer', 'supervisor', 'auditor'] },
  { href: '/pemutakhiran', word: m.movement_campaigns, icon: ClipboardList, roles: ['officer', 'supervisor'] },
  { href: '/program', word: m.programmes_title, icon: BookOpenCheck, roles: ['officer', 'supervisor', 'auditor'] },
  { href: '/penetapan', word: m.determination_title, icon: ListTodo, roles: ['officer', 'supervisor', 'auditor'] },
  {
    href: '/penyaluran',
    word: m.distribution_title,
    icon: Truck,
    roles: ['officer', 'supervisor', 'auditor'],
  },
  { href: '/sasaran', word: m.targeting_title, icon: Target, roles: ['officer', 'supervisor'] },
  {
    href: '/pergerakan',
    word: m.movement_place,
    icon: ArrowRightLeft,
    roles: ['officer', 'supervisor', 'auditor'],
  },
  { href: '/layanan', word: m.services_place, icon: HandHeart, roles: ['officer', 'supervisor', 'auditor'] },
  {
    href: '/lapangan/layanan',
    word: m.services_day_place,
    icon: Footprints,
    roles: ['officer', 'supervisor', 'pillar'],
  },
  { href: '/impor', word: m.imports_title, icon: FileUp, roles: ['officer', 'supervisor'] },
  { href: '/ganda', word: m.linkage_title, icon: Copy, roles: ['officer', 'supervisor'] },
  { href: '/permintaan-data', word: m.rights_desk_title, icon: IdCard, roles: ['officer', 'supervisor'] },
  { href: '/kerja', word: m.staff_place_inbox, icon: Inbox, roles: ['auditor'] },
  { href: '/audit', word: m.audit_title, icon: ScrollText, roles: ['auditor'] },
  { href: '/kelola/akun', word: m.access_accounts_title, icon: Users, roles: ['administrator'] },
  { href: '/kelola/kalender', word: m.regions_calendar_title, icon: CalendarDays, roles: ['administrator'] },
  { href: '/kelola/kantor', word: m.regions_offices_title, icon: Landmark, roles: ['administrator'] },
  { href: '/kelola/perjanjian', word: m.exchange_title, icon: Handshake, roles: ['administrator', 'auditor'] },
  { href: '/kelola/pesan', word: m.messages_title, icon: MessagesSquare, roles: ['administrator', 'auditor'] },
  {
    href: '/kelola/retensi',
    word: m.rights_keep_title,
    icon: Hourglass,
    roles: ['administrator', 'auditor', 'supervisor'],
  },
  { href: '/lapangan', word: m.staff_place_field, icon: HeartHandshake, roles: ['pillar'] },
  {
    href: '/lapangan/penyaluran',
    word: m.distribution_field_title,
    icon: PackageCheck,
    roles: ['pillar', 'officer', 'supervisor'],
  },
  { href: '/lapangan/pemutakhiran', word: m.movement_visits_place, icon: Footprints, roles: ['pillar'] },
  { href: '/lapangan/tanya', word: m.reconciliation_visit_title, icon: SearchCheck, roles: ['pillar', 'officer'] },
]

export const roleWords: Readonly<Record<Role, () => string>> = {
  pillar: m.staff_role_pillar,
  officer: m.staff_role_officer,
  supervisor: m.staff_role_supervisor,
  auditor: m.staff_role_auditor,
  administrator: m.staff_role_administrator,
}
