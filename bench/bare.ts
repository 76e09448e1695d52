import { createHash, randomUUID } from 'node:crypto'

/**
 * One statement that leaves behind what filing through the API leaves: number, case, disposition, events, people,
 * clocks, news, likely duplicates. The deadlines are given, nothing is checked, nobody is asked who they are; the
 * caller is a role that row security does not hold, and the triggers run as they do for everybody.
 */
export function bareFiling(body: Record<string, unknown>) {
  const id = randomUUID()
  const village = String(body['regionCode'])
  const office = `${village}/social`
  const people = JSON.stringify([
    { ...(body['complainant'] as object), seq: 0, part: 'complainant' },
    ...((body['concerned'] as object[] | undefined) ?? []).map((person, index) => ({
      ...person,
      seq: index + 1,
      part: 'concerned',
    })),
  ])
  return {
    name: 'filing',
    text: `with
      n as (insert into complaint_number (number, complaint_id, secret_hash) values ($2, $1, $3)),
      c as (insert into complaint (id, number, region_code, filed_on, door, class, matter, programme_code, summary, body, state, office_id, office_tier, offices,
          due_at, due_clock, remind_at, climbs_at, last_seq)
        values ($1, $2, $4, current_date, 'desk', $5, $6, $7, left($8, 140), $8, 'received', $9, 'village', array[$9], now() + interval '3 days', 'first_response',
          now() + interval '2 days', now() + interval '3 days', 2)),
      d as (insert into disposition (complaint_id, seq, office_id, why, by_role) values ($1, 2, $9, 'routed', 'system')),
      e as (insert into complaint_event (complaint_id, seq, kind, by_role, to_office_id, to_state, public) values
        ($1, 1, 'filed', 'officer', null, 'received', true), ($1, 2, 'routed', 'system', $9, 'received', true)),
      p as (insert into complaint_person (complaint_id, seq, part, name, nik, phone)
        select $1, r.seq, r.part, r.name, r.nik, r.phone from jsonb_to_recordset($10::jsonb) r (seq smallint, part text, name text, nik text, phone text)),
      k as (insert into complaint_clock (complaint_id, kind, round, working_days, source, started_at, due_at) values
        ($1, 'first_response', 1, 3, 'x', now(), now() + interval '3 days'), ($1, 'settlement', 1, 14, 'x', now(), now() + interval '14 days')),
      l as (insert into event_log (kind, subject, subject_id, region_code, office_id) values ('complaint', 'complaint', $1, $4, $9)),
      s as (insert into complaint_similar (complaint_id, other_id, score)
        select $1, x.id, x.score from similar_complaints($4, $6, $7, $8, 6) x)
      select $1::text as id, $2 as number`,
    values: [
      id,
      `${id.slice(0, 13)}`,
      createHash('sha256').update(id).digest('hex'),
      village,
      body['class'],
      body['matter'],
      body['programmeCode'],
      body['body'],
      office,
      people,
    ],
  }
}

export const bareTracking = (number: string) => ({
  name: 'tracking',
  text: `select c.*, (select json_agg(e order by e.seq) from complaint_event e where e.complaint_id = c.id) as events
    from complaint_number n join complaint c on c.id = n.complaint_id where n.number = $1`,
  values: [number],
})

/** One person by NIK, by the index that is there. The caller is a role that row security does not hold. */
export const bareNik = 'select id, family_id, name, region_code, status from person where nik = $1'
