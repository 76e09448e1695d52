import { sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { regionZone } from '#src/regions/index.ts'
import { checkKk, checkNik, isChild, maskNik } from '../identity.ts'
import type { FamilyState, PersonState, SealedState } from './change.ts'
import { requireOpening, type Work } from './opening.ts'
import { mayRecord } from './policy.ts'
import type { Family, Member, RegisterAct } from './schema.ts'

/** A day and a moment: as it was on `on`, as it was believed at `knownAt`; null: as it is believed now. */
export type Seen = { on: string; knownAt: Date | null }

/** What a query asked for, with today in the actor's own region where no day was given. */
export async function seenOf(
  tx: Tx,
  actor: Actor,
  asked: { on?: string | undefined; knownAt?: string | undefined },
): Promise<Seen> {
  const knownAt = asked.knownAt === undefined ? null : new Date(asked.knownAt)
  // A leap second is a moment by its form and none to the calendar.
  if (knownAt && Number.isNaN(knownAt.getTime())) throw invalid({ field: 'knownAt', code: 'format' })
  return { on: asked.on ?? localDay(actor.at, await regionZone(tx, actor.regionCode)), knownAt }
}

/** Versions that hold on the day and are believed at the moment; `v` is the alias of the view. */
export const heldThen = ({ on, knownAt }: Seen) =>
  knownAt === null
    ? sql<boolean>`v.valid_from <= ${on}::date and ${on}::date < v.valid_to and v.known_to = 'infinity'`
    : sql<boolean>`v.valid_from <= ${on}::date and ${on}::date < v.valid_to and v.known_from <= ${knownAt} and ${knownAt} < v.known_to`

type Row = {
  state: FamilyState
  valid_from: string
  members: { id: string; since: string; state: PersonState; sealed: SealedState | null }[] | null
  version: number
  waiting: number
  opening: { work: Work; reason: string; expiresAt: string } | null
  region_name: string
  path_name: string
}

/**
 * A family with its members on a day, as believed at a moment; sealed facts because it has been opened. Throws 404 when it is not the
 * actor's to see or did not exist then, 403 `open_first` before it was opened.
 */
export async function getFamily(
  tx: Tx,
  actor: Actor,
  id: string,
  asked: { on?: string | undefined; knownAt?: string | undefined } = {},
): Promise<Family> {
  await requireOpening(tx, actor, id)
  const seen = await seenOf(tx, actor, asked)
  const { rows } = await sql<Row>`
    select v.state, v.valid_from, f.version, r.name as region_name, r.path_name,
      (select count(distinct e.change_id) from register_event e where e.family_id = ${id} and e.state = 'reported') as waiting,
      (select json_build_object('work', o.work, 'reason', o.reason, 'expiresAt', o.expires_at) from family_opening o
        where o.account_id = actor_id() and o.family_id = ${id} and o.expires_at > acting_now() order by o.expires_at desc limit 1) as opening,
      (select json_agg(json_build_object('id', p.person_id, 'since', p.valid_from, 'state', p.state, 'sealed', p.sealed) order by p.person_id)
        from (select v.person_id, v.valid_from, v.state,
            (select s.state from person_sealed_version s where s.person_id = v.person_id and ${sealedThen(seen)}) as sealed
          from person_version v where v.family_id = ${id} and ${heldThen(seen)}) p) as members
    from family_version v join family f on f.id = v.family_id join region r on r.code = v.region_code
    where v.family_id = ${id} and ${heldThen(seen)}`.execute(tx)
  const [row] = rows
  if (!row?.opening) throw notFound('family')
  const { state } = row
  const { regionCode, kkNumber, headId, payeeId, ...facts } = state
  return {
    id,
    on: seen.on,
    knownAt: seen.knownAt?.toISOString() ?? null,
    region: { code: regionCode, name: row.region_name, pathName: row.path_name },
    ...facts,
    ...(kkNumber !== undefined && { kkNumber: maskNik(kkNumber) ?? '' }),
    ...(headId !== undefined && { headId }),
    ...(payeeId !== undefined && { payeeId }),
    since: row.valid_from,
    doubts: kkNumber === undefined ? [] : checkKk(kkNumber),
    members: (row.members ?? []).map((one) => present(one, state, seen.on)).sort(inOrder),
    version: row.version,
    waiting: row.waiting,
    opening: { ...row.opening, expiresAt: new Date(row.opening.expiresAt).toISOString() },
    can: abilities(actor, state),
  }
}

const sealedThen = ({ on, knownAt }: Seen) =>
  knownAt === null
    ? sql<boolean>`s.valid_from <= ${on}::date and ${on}::date < s.valid_to and s.known_to = 'infinity'`
    : sql<boolean>`s.valid_from <= ${on}::date and ${on}::date < s.valid_to and s.known_from <= ${knownAt} and ${knownAt} < s.known_to`

function present(one: NonNullable<Row['members']>[number], family: FamilyState, on: string): Member {
  const { familyId: _family, regionCode: _region, mergedInto: _into, nik, ...state } = one.state
  return {
    id: one.id,
    ...state,
    ...(nik !== undefined && { nik: maskNik(nik) ?? '' }),
    child: isChild(state.birthDate ?? null, on),
    isHead: family.headId === one.id,
    isPayee: family.payeeId === one.id,
    since: one.since,
    doubts: nik === undefined ? [] : checkNik(nik, { birthDate: state.birthDate ?? null, sex: state.sex ?? null }),
    sealed: one.sealed,
  }
}

const ranks = [
  'head',
  'spouse',
  'child',
  'child_in_law',
  'grandchild',
  'parent',
  'parent_in_law',
  'other_relative',
  'other',
]
/** The head first, then as on a family card; the oldest first; who died at the end. */
function inOrder(a: Member, b: Member): number {
  const place = (one: Member) =>
    (one.status === 'active' ? 0 : 100) +
    (one.isHead ? -1 : one.relationship ? ranks.indexOf(one.relationship) : ranks.length)
  return place(a) - place(b) || (a.birthDate ?? '9').localeCompare(b.birthDate ?? '9') || (a.id < b.id ? -1 : 1)
}

const livingActs: RegisterAct[] = [
  'add_member',
  'death',
  'leaving',
  'move',
  'split',
  'join',
  'head',
  'payee',
  'facts',
  'correct',
  'reveal',
]
function abilities(actor: Actor, state: FamilyState): RegisterAct[] {
  if (!mayRecord(actor, state.regionCode)) return []
  if (state.status === 'merged' || state.status === 'dissolved') return ['correct', 'reveal']
  return [...livingActs, state.status === 'active' ? 'graduate' : 'reenter']
}
