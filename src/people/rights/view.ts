import { sql } from 'kysely'
import { validate as isUuid } from 'uuid'
import type { Actor, Requester, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { maskNik, maskPhone } from '../identity.ts'
import { mayRefuse, mayVerify } from './policy.ts'
import { factsOf, matchesOf } from './requests.ts'
import type { DataRequest, DataRequestItem, RequestKind, RequestState, TrackedRequest, Verification } from './schema.ts'

type Event = TrackedRequest['events'][number]
type Row = {
  id: string
  number: string
  kind: RequestKind
  state: RequestState
  door: string
  region_code: string
  region_path: string
  region_name: string
  zone: string
  filed_at: Date
  filed_by: string | null
  due_at: Date
  overdue: boolean
  wish: string | null
  refusal: string | null
  proposal_number: string | null
  open_until: Date | null
  verified_how: Verification | null
  verified_at: Date | null
  version: number
  name: string | null
  nik: string | null
  kk_number: string | null
  birth_date: string | null
  phone: string | null
  file_id: string | null
  hours_left: number
  events: { at: string; kind: Event['kind']; byRole: string }[] | null
}

const columns = sql`r.*, g.path_name as region_path, g.name as region_name, g.time_zone as zone,
  i.name, i.nik, i.kk_number, i.birth_date, i.phone, i.file_id,
  (select json_agg(json_build_object('at', e.at, 'kind', e.kind, 'byRole', e.by_role) order by e.seq)
    from data_request_event e where e.request_id = r.id) as events`
const tables = sql`data_request r join region g on g.code = r.region_code left join data_request_identity i on i.request_id = r.id`

const shared = (row: Row) => ({
  number: row.number,
  kind: row.kind,
  state: row.state,
  regionPath: row.region_path,
  timeZone: row.zone,
  filedAt: row.filed_at.toISOString(),
  dueAt: row.due_at.toISOString(),
  overdue: row.overdue,
  wish: row.wish,
  refusal: row.refusal,
  proposalNumber: row.proposal_number,
  events: (row.events ?? []).map((event) => ({ ...event, at: new Date(event.at).toISOString() })),
})

/** The asker's own view; nothing of the register in it. */
export async function viewTracked(tx: Tx, requester: Requester): Promise<TrackedRequest> {
  const { rows } = await sql<Row>`select ${columns} from ${tables} where r.id = ${requester.requestId}`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('data_request')
  const canSee = row.state === 'answered' && row.open_until !== null && row.open_until >= requester.at
  return {
    ...shared(row),
    openUntil: row.open_until?.toISOString() ?? null,
    hasCard: row.file_id !== null,
    canSee,
    can: [
      ...(row.state === 'received' ? (['add_card', 'withdraw'] as const) : []),
      ...(canSee ? (['see'] as const) : []),
    ],
  }
}

/** What an officer decides on: who asks, masked, and whom the numbers point to. */
export async function getRequest(tx: Tx, actor: Actor, id: string): Promise<DataRequest> {
  const { rows } = await sql<Row>`select ${columns} from ${tables} where r.id = ${id}`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('data_request')
  const isOpen = row.state === 'received'
  const matches = isOpen ? await matchesOf(tx, row) : []
  return {
    id: row.id,
    ...shared(row),
    version: row.version,
    name: row.name,
    nik: maskNik(row.nik),
    birthDate: row.birth_date,
    phone: maskPhone(row.phone),
    hasCard: row.file_id !== null,
    verifiedHow: row.verified_how,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    matches: matches.map((one) => ({
      personId: one.id,
      name: one.name,
      birthYear: one.birth_date ? Number(one.birth_date.slice(0, 4)) : null,
      place: one.place,
      by: one.by,
    })),
    can: [
      ...(mayVerify(actor, factsOf(row)) ? (['verify'] as const) : []),
      ...(mayRefuse(actor, factsOf(row)) ? (['refuse'] as const) : []),
    ],
  }
}

export type RequestQuery = {
  state?: RequestState | undefined
  overdue?: boolean | undefined
  after?: string | undefined
  limit?: number | undefined
}

/** Requests of the actor's region: open ones first due first come first, the others newest first by the same order of filing. */
export async function listRequests(
  tx: Tx,
  query: RequestQuery,
): Promise<{ items: DataRequestItem[]; next: string | null }> {
  const limit = query.limit ?? 50
  const [at, id] = (query.after ?? '').split('~')
  const after =
    at && id && /^2\d{3}-[^ ]{6,25}$/.test(at) && !Number.isNaN(Date.parse(at)) && isUuid(id) ? { at, id } : null
  const { rows } = await sql<Row>`
    select r.*, g.name as region_name, g.time_zone as zone, i.name,
      floor(extract(epoch from r.due_at - acting_now()) / 3600)::int as hours_left from ${tables}
    where (${query.state ?? null}::text is null or r.state = ${query.state ?? null})
      and (not ${query.overdue ?? false} or r.overdue)
      ${after ? sql`and (r.filed_at, r.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
    order by r.filed_at desc, r.id desc limit ${limit + 1}`.execute(tx)
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      id: row.id,
      number: row.number,
      kind: row.kind,
      state: row.state,
      regionName: row.region_name,
      timeZone: row.zone,
      filedAt: row.filed_at.toISOString(),
      dueAt: row.due_at.toISOString(),
      hoursLeft: row.hours_left,
      overdue: row.overdue,
      name: row.name,
    })),
    next: rows.length > limit && last ? `${last.filed_at.toISOString()}~${last.id}` : null,
  }
}
