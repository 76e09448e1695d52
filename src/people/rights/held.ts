import { sql } from 'kysely'
import type { Db, Requester, Tx } from '#src/platform/db/index.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { questionnairesOn } from '../register/questionnaire.ts'
import { writeRequestEvent } from './requests.ts'
import type { HeldData } from './schema.ts'

type Version = { valid_from: string; state: Record<string, unknown> }
type Event = {
  kind: string
  nameId: string
  nameEn: string
  effectiveOn: string
  reportedOn: string
  source: string
  sourceRef: string | null
}

/**
 * What the register holds about the asker, where it comes from, and who looked at it: only after an officer verified who they are, and
 * while the answer is open. Ids of other people are left out; of the family they see what is theirs together. The look is
 * an event of the request (`seen`, `exported`).
 * Errors: not_found, not_open (409: not answered yet, or closed again).
 */
export async function heldData(db: Db, requester: Requester, as: 'seen' | 'exported'): Promise<HeldData> {
  const request = await db.as(requester, (tx) =>
    tx.selectFrom('data_request').selectAll().where('id', '=', requester.requestId).executeTakeFirst(),
  )
  if (!request) throw notFound('data_request')
  if (request.state !== 'answered' || !request.open_until || request.open_until < requester.at)
    throw conflict('not_open')
  await db.as(requester, (tx) => writeRequestEvent(tx, request.id, as, { accountId: null, role: 'citizen' }))
  const asOf = requester.at.toISOString()
  const none: HeldData = {
    asOf,
    questions: [],
    person: null,
    sealed: null,
    family: null,
    members: [],
    assistance: [],
    contacts: [],
    lookedAt: [],
  }
  const personId = request.person_id
  if (personId === null) return none
  return db.asSystem('rights: a person reads what is held about them', async (tx) => {
    const [person] = await versions(tx, 'person', personId)
    if (!person) return none
    const familyId = typeof person.state['familyId'] === 'string' ? person.state['familyId'] : null
    const [family] = familyId ? await versions(tx, 'family', familyId) : []
    const [sealed] = await versions(tx, 'person_sealed', personId)
    return {
      asOf,
      questions: await questionnairesOn(tx, asOf.slice(0, 10)),
      person: { since: person.valid_from, facts: own(person.state), history: await events(tx, personId) },
      sealed: sealed ? own(sealed.state) : null,
      family:
        family && familyId
          ? { since: family.valid_from, facts: own(family.state), history: await events(tx, familyId) }
          : null,
      members: familyId ? await members(tx, familyId) : [],
      assistance: familyId ? await assistance(tx, familyId, personId) : [],
      contacts: familyId ? await contacts(tx, familyId) : [],
      lookedAt: await looks(tx, personId, familyId),
    }
  })
}

/** Ids say nothing to a person and point to others. */
const own = ({ familyId: _f, headId: _h, payeeId: _p, mergedInto: _m, ...facts }: Record<string, unknown>) => facts

async function versions(tx: Tx, what: 'person' | 'family' | 'person_sealed', id: string): Promise<Version[]> {
  const key = what === 'family' ? sql.ref('family_id') : sql.ref('person_id')
  const { rows } = await sql<Version>`
    select valid_from, state from ${sql.table(`${what}_version`)}
    where ${key} = ${id} and valid_to = 'infinity' and known_to = 'infinity'`.execute(tx)
  return rows
}

async function events(tx: Tx, subjectId: string): Promise<Event[]> {
  const { rows } = await sql<Event>`
    select kind, k.name_id as "nameId", k.name_en as "nameEn", effective_on as "effectiveOn", reported_on as "reportedOn", source,
      source_ref as "sourceRef"
    from register_event join register_event_kind k on k.code = kind
    where subject_id = ${subjectId} and state = 'in_force' order by effective_on desc, seq desc`.execute(tx)
  return rows
}

async function members(tx: Tx, familyId: string) {
  const { rows } = await sql<{ name: string; relationship: string | null }>`
    select name, relationship from person where family_id = ${familyId} order by id`.execute(tx)
  return rows
}

async function assistance(tx: Tx, familyId: string, personId: string) {
  const { rows } = await sql<{ programme: string; from: string; to: string | null; source: string }>`
    select g.name as programme, a.period_from as "from", a.period_to as "to", a.source from assistance a
    join programme g on g.code = a.programme_code
    where a.family_id = ${familyId} and (a.person_id is null or a.person_id = ${personId}) order by a.period_from desc`.execute(
    tx,
  )
  return rows
}

async function contacts(tx: Tx, familyId: string): Promise<HeldData['contacts']> {
  const { rows } = await sql<
    Omit<HeldData['contacts'][number], 'since' | 'endedAt'> & { since: Date; endedAt: Date | null }
  >`
    select kind, contact_mask(kind, value) as masked, source, recorded_at as since, agreed_at is not null as agreed, ended_at as "endedAt",
      end_reason as "endReason"
    from family_contact where family_id = ${familyId} order by ended_at is not null, recorded_at desc, id desc`.execute(
    tx,
  )
  return rows.map((row) => ({
    ...row,
    since: row.since.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }))
}

/** Openings of the family, looks at full numbers, and answers to other systems by the name and purpose of their agreement. */
async function looks(tx: Tx, personId: string, familyId: string | null): Promise<HeldData['lookedAt']> {
  const { rows } = await sql<{
    at: Date
    act: HeldData['lookedAt'][number]['act']
    office: string | null
    role: string
    work: string | null
    reason: string | null
  }>`
    select o.opened_at as at, 'opened' as act, f.name as office, coalesce(e.actor_role, 'officer') as role, o.work, o.reason
    from family_opening o
    left join lateral (select actor_role, office_id from audit_entry a where a.subject = 'family_opening' and a.subject_id = o.id::text limit 1) e on true
    left join office f on f.id = e.office_id
    where o.family_id = ${familyId}
    union all
    select a.at, 'number_seen', f.name, coalesce(a.actor_role, ''), null, a.reason
    from audit_entry a left join office f on f.id = a.office_id
    where a.act = 'look' and (a.subject = 'person' and a.subject_id = ${personId} or a.subject = 'family' and a.subject_id = ${familyId})
    union all
    select a.at, 'number_seen', f.name, coalesce(a.actor_role, ''), null, a.reason
    from family_contact c join audit_entry a on a.subject = 'family_contact' and a.subject_id = c.id::text and a.act = 'reveal'
    left join office f on f.id = a.office_id
    where c.family_id = ${familyId}
    union all
    select a.at, 'answered_to_system', g.name, 'system', null, g.purpose
    from audit_entry a join agreement g on g.id::text = a.subject_id
    where a.subject = 'agreement' and a.act in ('exchange_search', 'exchange_notify') and a.detail -> 'families' @> to_jsonb(${familyId}::text)
    order by at desc limit 500`.execute(tx)
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }))
}
