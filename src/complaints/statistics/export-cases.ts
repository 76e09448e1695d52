import { sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { maskNik, maskPhone } from '#src/people/index.ts'
import { listForExport } from '../inbox.ts'
import type { InboxQuery, ListItem } from '../schema.ts'
import { initials, withoutLongNumbers } from './masked.ts'
import { catalogueNames, type Names } from './names.ts'
import type { Cell } from './tables.ts'

/** The columns of an exported list. */
export const caseHead = (locale: Locale): string[] =>
  [
    'col_number',
    'col_filed',
    'col_region_code',
    'col_region',
    'class',
    'matter',
    'programme',
    'door',
    'col_state',
    'col_office',
    'col_assignee',
    'col_due',
    'col_days_left',
    'col_overdue',
    'col_joined',
    'col_reopened',
    'col_complainant',
    'col_nik',
    'col_phone',
    'col_concerned',
    'col_summary',
  ].map((key) => sentence(`statistics_${key}`, locale))

/**
 * The list an officer sees, a thousand cases at a time, masked: NIK and telephone as on the case page, people by their
 * initials, of confidential cases neither words nor people. Row security decides which cases and people there are.
 */
export async function exportCases(
  tx: Tx,
  actor: Actor,
  query: InboxQuery,
  locale: Locale,
  onRows: (rows: Cell[][]) => Promise<void> | void,
): Promise<void> {
  const names = await catalogueNames(tx, locale)
  await listForExport(tx, actor, query, async (items) => {
    const people = await peopleOf(tx, items)
    await onRows(items.map((item) => rowOf(item, people.get(item.id) ?? [], names, locale)))
  })
}

/** Says in the audit log who takes a list out of the system, and with which filters; words searched for may be names. */
export async function recordExport(tx: Tx, actor: Actor, format: string, query: InboxQuery): Promise<void> {
  const { q, after: _after, limit: _limit, ...filters } = query
  const detail = { format, filters: { ...filters, ...(q !== undefined && { q: true }) } }
  await sql`select record_act('export', 'complaint', ${actor.regionCode}, ${actor.regionCode}, ${JSON.stringify(detail)}::jsonb, null)`.execute(
    tx,
  )
}

type Person = { complaint_id: string; part: string; name: string | null; nik: string | null; phone: string | null }

async function peopleOf(tx: Tx, items: readonly ListItem[]): Promise<Map<string, Person[]>> {
  const open = items.filter((item) => !item.confidential && !item.anonymous)
  if (open.length === 0) return new Map()
  const rows = await tx
    .selectFrom('complaint_person')
    .select(['complaint_id', 'part', 'name', 'nik', 'phone'])
    .where(
      'complaint_id',
      'in',
      open.map((item) => item.id),
    )
    .orderBy('complaint_id')
    .orderBy('seq')
    .execute()
  return Map.groupBy(rows, (row) => row.complaint_id)
}

function rowOf(item: ListItem, people: readonly Person[], names: Names, locale: Locale): Cell[] {
  const say = (key: string) => sentence(key, locale)
  const yes = (value: boolean) => say(value ? 'statistics_yes' : 'statistics_no')
  const complainant = people.find((one) => one.part === 'complainant')
  const concerned = people.filter((one) => one.part === 'concerned').flatMap((one) => initials(one.name) ?? [])
  return [
    item.number,
    moment(item.filedAt, item.timeZone),
    item.regionCode,
    item.regionName,
    say(`class_${item.class}`),
    names.matters.get(item.matter) ?? item.matter,
    item.programmeCode && (names.programmes.get(item.programmeCode) ?? item.programmeCode),
    say(`door_${item.door}`),
    say(`common_state_${item.state}`),
    item.office.name,
    initials(item.assignee?.name ?? null),
    item.dueAt && moment(item.dueAt, item.timeZone),
    item.workingDaysLeft,
    yes(item.overdue),
    item.joinedCount,
    item.reopened,
    initials(complainant?.name ?? null),
    complainant?.nik ? maskNik(complainant.nik) : null,
    complainant?.phone ? maskPhone(complainant.phone) : null,
    concerned.join(', ') || null,
    item.confidential ? say('statistics_confidential') : withoutLongNumbers(item.summary),
  ]
}

/** 2026-11-21 14:05 in the region's own zone: a spreadsheet understands it as a time. */
function moment(instant: string, zone: string): string {
  const at = new Date(instant)
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  })
  return `${localDay(at, zone as Parameters<typeof localDay>[1])} ${time.format(at)}`
}
