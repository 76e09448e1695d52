import { type Actor, isWithin } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import type { Change, Source } from './change.ts'

/** A job of the application itself; its transaction comes from `db.asSystem`. */
export type SystemActor = { role: 'system' }
export type Recorder = Actor | SystemActor

export const isSystem = (actor: Recorder): actor is SystemActor => actor.role === 'system'

/** Works in a social office: village desk, Dinas Sosial, the ministry. The same rule holds in the database. */
export const inSocialOffice = (actor: Actor): boolean =>
  (actor.role === 'officer' || actor.role === 'supervisor') && actor.officeId?.split('/')[1] === 'social'

/** Who may record a change of what lives in a region. Where a family moves to may lie anywhere. */
export const mayRecord = (actor: Recorder, regionCode: string): boolean =>
  isSystem(actor) || (inSocialOffice(actor) && isWithin(regionCode, actor.regionCode))

/** What such a source says has been looked at by somebody else before it comes here. */
const checkedBefore: ReadonlySet<Source> = new Set([
  'civil_registry',
  'meeting',
  'campaign',
  'disaster',
  'import',
  'linkage',
])
/** What an officer may name at the desk; the others belong to the work that records them. */
export const deskSources = ['village', 'pillar', 'citizen', 'civil_registry', 'survey', 'office'] as const

/** Whether another person has to look at it before it counts. A decision of a supervising office stands by itself. */
export const needsCheck = (actor: Recorder, source: Source): boolean =>
  !isSystem(actor) && !checkedBefore.has(source) && !(source === 'office' && actor.role === 'supervisor')

/** Refuses whoever records without a check what needs one. */
export function authorizeChange(actor: Recorder, change: Change): void {
  if (!isSystem(actor) && !inSocialOffice(actor)) throw forbidden('register.record')
  if (change.check === 'none' && needsCheck(actor, change.source)) throw forbidden('register.unchecked')
}

/** Who recorded does not check, and what waits is checked by the social office of the place or above it. */
export const mayCheck = (actor: Recorder, waiting: { regionCode: string; recordedBy: string | null }): boolean =>
  isSystem(actor) || (mayRecord(actor, waiting.regionCode) && waiting.recordedBy !== actor.accountId)

/** Lists exist where the work is a list: the desk of the village itself, and who supervises it. */
export const mayList = (actor: Actor, regionCode: string): boolean =>
  inSocialOffice(actor) &&
  isWithin(regionCode, actor.regionCode) &&
  (actor.regionCode === regionCode || actor.role === 'supervisor')
