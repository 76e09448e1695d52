import { sql } from 'kysely'
import { openedBy } from '#src/people/index.ts'
import type { Citizen, Db, Tx } from '#src/platform/db/index.ts'
import { notFound, Problem, tooMany } from '#src/platform/http/problem.ts'
import { countHit, windowIsFull } from '#src/platform/http/limits.ts'
import type { CaseRow } from './case.ts'
import { machine } from './machine.ts'
import { parseNumber, secretMatches } from './number.ts'
import type { State, Tier, Tracking } from './schema.ts'

/**
 * The complaint a number and a secret open; a number that does not exist and a secret that does not fit answer alike,
 * and only wrong tries are counted against the address. `header` is "<NUMBER> <SECRET>" as the citizen typed them.
 * Errors: not_found, number_of_proposal and number_of_data_request (404), too_many (429).
 */
export async function findTracked(db: Db, installation: Buffer, header: string, address: string): Promise<Citizen> {
  const space = header.indexOf(' ')
  const number = parseNumber(space === -1 ? header : header.slice(0, space))
  const asked = space === -1 || !number.ok ? '' : number.number
  const { rows } = await db.asSystem('tracking: check the secret', (tx) =>
    sql<{ wait: number | null; complaint_id: string | null; secret_hash: string | null }>`
      select (${windowIsFull(installation, 'tracking_miss', address)}) as wait, n.complaint_id, n.secret_hash
      from (values (${asked}::text)) asked (number) left join complaint_number n on n.number = asked.number`.execute(
      tx,
    ),
  )
  const [row] = rows
  if (row?.wait) throw tooMany(row.wait)
  if (row?.complaint_id && row.secret_hash && secretMatches(row.complaint_id, header.slice(space + 1), row.secret_hash))
    return { complaintId: row.complaint_id, at: db.clock() }
  // No guess: the pair opens something else, and whoever reads it is told what.
  const other = await openedBy(db, header)
  if (other) throw new Problem(404, `number_of_${other}`)
  await countHit(db, installation, 'tracking_miss', address)
  throw notFound('complaint')
}

type EventJson = {
  at: string
  kind: string
  by_role: string
  office_id: string | null
  to_office_id: string | null
  body: string | null
}
type View = CaseRow & {
  path: string
  zone: string
  office_name: string
  matter_id: string
  matter_en: string
  passed_over_name: string | null
  offices_named: Record<string, string> | null
  events: EventJson[] | null
  joined_events: EventJson[] | null
  clocks: { kind: string; due_at: string | null; stopped_at: string | null; round: number }[] | null
  attachments:
    | { id: string; name: string; media_type: string; bytes: number; public: boolean; by_role: string; at: string }[]
    | null
  letters:
    { id: string; kind: 'referral' | 'answer' | 'receipt'; number: string; code: string; issued_at: string }[] | null
}

/** The whole path in one statement: what the citizen sees, nothing else (row security leaves out internal events). */
export async function viewTracked(tx: Tx, citizen: Citizen): Promise<Tracking> {
  const id = citizen.complaintId
  const found =
    await sql<View>`select c.*, r.path_name as path, r.time_zone as zone, o.name as office_name, mt.name_id as matter_id, mt.name_en as matter_en, p.name as passed_over_name,
      (select json_agg(json_build_object('at', e.at, 'kind', e.kind, 'by_role', e.by_role, 'office_id', e.office_id, 'to_office_id', e.to_office_id, 'body', e.body) order by e.seq)
        from complaint_event e where e.complaint_id = c.id) as events,
      (select json_object_agg(x.id, x.name) from office x where x.id in (
        select e.office_id from complaint_event e where e.complaint_id = c.id union select e.to_office_id from complaint_event e where e.complaint_id = c.id)) as offices_named,
      case when c.joined_to is not null then
        (select json_agg(json_build_object('at', e.at, 'kind', e.kind, 'by_role', e.by_role, 'office_id', null, 'to_office_id', null, 'body', e.body) order by e.seq)
          from joined_answers(c.id) e) end as joined_events,
      (select json_agg(json_build_object('kind', k.kind, 'due_at', k.due_at, 'stopped_at', k.stopped_at, 'round', k.round) order by k.round) from complaint_clock k where k.complaint_id = c.id) as clocks,
      (select json_agg(a order by a.at) from attachment a where a.complaint_id = c.id) as attachments,
      (select json_agg(l order by l.issued_at) from letter l where l.complaint_id = c.id) as letters
    from complaint c join region r on r.code = c.region_code join office o on o.id = c.office_id join complaint_matter mt on mt.code = c.matter left join office p on p.id = c.passed_over
    where c.id = ${id}`.execute(tx)
  const row = found.rows[0]
  if (!row) throw notFound('complaint')
  const names = row.offices_named ?? {}
  const running = (kind: string) =>
    (row.clocks ?? []).find((clock) => clock.kind === kind && clock.stopped_at === null)?.due_at ?? null
  const utc = (text: string) => new Date(text).toISOString()
  const events = [...(row.events ?? []), ...(row.joined_events ?? [])].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  )
  const from = (state: readonly State[]) => state.includes(row.state)
  return {
    number: row.number,
    state: row.state,
    class: row.class,
    matter: row.matter,
    matterNameId: row.matter_id,
    matterNameEn: row.matter_en,
    programmeCode: row.programme_code,
    body: row.body,
    filedAt: row.filed_at.toISOString(),
    regionPath: row.path,
    timeZone: row.zone,
    office: {
      id: row.office_id,
      name: row.office_name,
      tier: row.office_tier as Tier,
      regionCode: row.office_id.split('/')[0] ?? '',
    },
    passedOver: row.passed_over_name,
    respondBy: mapped(running('first_response'), utc),
    settleBy: mapped(running('settlement'), utc),
    lapsesAt: row.lapses_at?.toISOString() ?? null,
    waitingForYou: row.state === 'awaiting_completion',
    overdue: row.overdue,
    joined: row.joined_to !== null,
    satisfied: row.satisfied,
    events: events.map((event) => ({
      at: utc(event.at),
      kind: event.kind,
      byCitizen: event.by_role === 'citizen' || event.by_role === 'pillar',
      office: event.office_id ? (names[event.office_id] ?? null) : null,
      toOffice: event.to_office_id ? (names[event.to_office_id] ?? null) : null,
      body: event.body,
    })),
    attachments: (row.attachments ?? []).map((one) => ({
      id: one.id,
      name: one.name,
      mediaType: one.media_type,
      bytes: one.bytes,
      public: one.public,
      byRole: one.by_role,
      at: utc(one.at),
    })),
    letters: (row.letters ?? []).map((one) => ({
      id: one.id,
      kind: one.kind,
      number: one.number,
      code: one.code,
      issuedAt: utc(one.issued_at),
    })),
    can: [
      ...(from(machine.reply.from) ? (['reply', 'add_evidence', 'withdraw'] as const) : []),
      ...(from(machine.satisfied.from) ? (['satisfied'] as const) : []),
      ...(from(machine.contest.from) ? (['reopen'] as const) : []),
    ],
  }
}
const mapped = <T, R>(value: T | null, change: (value: T) => R): R | null => (value === null ? null : change(value))
