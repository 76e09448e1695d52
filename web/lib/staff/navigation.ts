import CalendarClock from '@lucide/svelte/icons/calendar-clock'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import Hourglass from '@lucide/svelte/icons/hourglass'
import Inbox from '@lucide/svelte/icons/inbox'
import Layers from '@lucide/svelte/icons/layers'
import RotateCcw from '@lucide/svelte/icons/rotate-ccw'
import Send from '@lucide/svelte/icons/send'
import TriangleAlert from '@lucide/svelte/icons/triangle-alert'
import User from '@lucide/svelte/icons/user'
import UserRoundX from '@lucide/svelte/icons/user-round-x'
import type { Icon } from '#lib/ui/tone.ts'
import { m } from '#messages'
import type { Role } from './me.ts'

/** Where a work queue is shown. */
export const queueHref = (key: string): string => `/kerja?antrean=${encodeURIComponent(key)}`

type Words = { word: () => string; icon: Icon; urgent?: true }

const queues: Readonly<Record<string, Words>> = {
  mine: { word: m.staff_queue_mine, icon: User },
  unassigned: { word: m.staff_queue_unassigned, icon: UserRoundX },
  new: { word: m.staff_queue_new, icon: Inbox },
  overdue: { word: m.staff_queue_overdue, icon: TriangleAlert, urgent: true },
  due_soon: { word: m.staff_queue_due_soon, icon: CalendarClock },
  referred: { word: m.staff_queue_referred, icon: Send },
  waiting: { word: m.staff_queue_waiting, icon: Hourglass },
  contested: { word: m.staff_queue_contested, icon: RotateCcw },
  all: { word: m.staff_queue_all, icon: Layers },
  closed: { word: m.staff_queue_closed, icon: CircleCheck },
}

/** Word and icon of a queue; a queue nobody has named yet shows its key. */
export const queueWords = (key: string): Words => queues[key] ?? { word: () => key, icon: Inbox }

/** Pages beside the queues, in the order they are listed, each for the roles that may open it. Add yours here. */
export const places: readonly { href: string; word: () => string; icon: Icon; roles: readonly Role[] }[] = []

export const roleWords: Readonly<Record<Role, () => string>> = {
  pillar: m.staff_role_pillar,
  officer: m.staff_role_officer,
  supervisor: m.staff_role_supervisor,
  auditor: m.staff_role_auditor,
  administrator: m.staff_role_administrator,
}
