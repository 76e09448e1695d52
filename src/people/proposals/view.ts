import { sql } from 'kysely'
import { localDay, isZoneId } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { checkNik, isChild, maskNik, maskPhone } from '../identity.ts'
import { questionnairesOn } from '../register/questionnaire.ts'
import { itemOf, itemColumns, type ItemRow } from './list.ts'
import { abilities, nextAct } from './policy.ts'
import { factsOf, type FoundThere, type Held, type Payload, type ProposalRow } from './proposal.ts'
import type {
  CheckForm,
  CheckResult,
  Correction,
  FieldCheck,
  FileWhat,
  Member,
  Proposal,
  ShownMember,
  State,
} from './schema.ts'
import { checkersOf } from './steps.ts'

type FileJson = {
  id: string
  what: FileWhat
  name: string
  media_type: string
  bytes: number
  by_role: string
  at: string
}
type Parts = {
  path: string
  about_number: string | null
  original: Payload | null
  proposer: {
    name: string
    nik: string | null
    phone: string | null
    relationship: string | null
    confidential: boolean
  } | null
  events:
    | {
        seq: number
        at: string
        kind: string
        by_name: string | null
        by_role: string
        office: string | null
        from_state: State | null
        to_state: State | null
        public: boolean
        body: string | null
      }[]
    | null
  files: FileJson[] | null
  checks:
    | {
        round: number
        assigned_to: string
        assigned_name: string
        assigned_at: string
        due_on: string | null
        note: string | null
        submitted_at: string | null
        visited_on: string | null
        result: CheckResult | null
        finding: string | null
        found: FoundThere | null
      }[]
    | null
}

const utc = (text: string) => new Date(text).toISOString()
export const presentFile = (file: FileJson) => ({
  id: file.id,
  what: file.what,
  name: file.name,
  mediaType: file.media_type,
  bytes: file.bytes,
  byRole: file.by_role,
  at: utc(file.at),
})

/** One proposal with all its parts; row security decides which parts there are. Numbers are always masked. */
export async function viewProposal(tx: Tx, actor: Actor, id: string): Promise<Proposal> {
  const found = await sql<ItemRow & ProposalRow & Parts>`select ${itemColumns}, p.*, r.path_name as path,
      (select a.number from proposal a where a.id = p.about_id) as about_number,
      (select row_to_json(w) from proposal_person w where w.proposal_id = p.id order by w.seq limit 1) as proposer,
      (select json_agg(json_build_object('seq', e.seq, 'at', e.at, 'kind', e.kind, 'by_name', e.by_name, 'by_role', e.by_role, 'office', o.name,
          'from_state', e.from_state, 'to_state', e.to_state, 'public', e.public, 'body', e.body) order by e.seq)
        from proposal_event e left join office o on o.id = e.office_id where e.proposal_id = p.id) as events,
      (select json_agg(f order by f.at, f.id) from proposal_file f where f.proposal_id = p.id) as files,
      (select json_agg(k order by k.round) from field_check k where k.proposal_id = p.id) as checks
    from proposal p join region r on r.code = p.region_code left join proposal_content c on c.proposal_id = p.id
    where p.id = ${id}`.execute(tx)
  const row = found.rows[0]
  if (!row) throw notFound('proposal')
  const checks = row.checks ?? []
  const last = checks.at(-1)
  const held: Held = {
    row,
    check: last ? { round: last.round, assignedTo: last.assigned_to, result: last.result, found: last.found } : null,
  }
  const facts = factsOf(held)
  const can = abilities(actor, facts)
  const today = localDay(actor.at, isZoneId(row.time_zone) ? row.time_zone : 'Asia/Jakarta')
  // After a return it is the draft that counts: it took over what was found, and may have been put right since.
  const seen = row.checked_by === null ? null : last?.found
  const family = { ...row.payload?.family, ...seen?.family }
  const objection = row.kind === 'remove' || row.kind === 'object'
  return {
    ...itemOf(row, actor),
    regionPath: row.path,
    reason: row.reason,
    version: row.version,
    complaintId: actor.role === 'pillar' ? null : row.complaint_id,
    familyId: row.family_id,
    personId: row.person_id,
    aboutNumber: row.about_number,
    meetingId: row.meeting_id,
    family: {
      kkNumber: maskNik(family.kkNumber ?? null),
      address: family.address ?? null,
      rt: family.rt ?? null,
      rw: family.rw ?? null,
    },
    members: (seen?.members ?? row.payload?.members ?? []).map((one) => presentMember(one, one.id, today)),
    corrections: (row.payload?.corrections ?? []).map((one) => presentMember(one, one.personId, today)),
    proposer: row.proposer && {
      name: row.proposer.name,
      nik: maskNik(row.proposer.nik),
      phone: maskPhone(row.proposer.phone),
      relationship: row.proposer.relationship,
    },
    confidential: row.proposer?.confidential ?? objection,
    events: (row.events ?? []).map((event) => ({
      seq: event.seq,
      at: utc(event.at),
      kind: event.kind,
      byName: event.by_name,
      byRole: event.by_role,
      office: event.office,
      fromState: event.from_state,
      toState: event.to_state,
      public: event.public,
      body: event.body,
    })),
    files: (row.files ?? []).map(presentFile),
    checks: checks.map((one): FieldCheck => ({
      round: one.round,
      assignedName: one.assigned_name,
      assignedToMe: one.assigned_to === actor.accountId,
      assignedAt: utc(one.assigned_at),
      dueOn: one.due_on,
      note: one.note,
      submittedAt: one.submitted_at === null ? null : utc(one.submitted_at),
      visitedOn: one.visited_on,
      result: one.result,
      finding: one.finding,
    })),
    checkers: can.includes('give_field_check')
      ? (await checkersOf(tx, actor, row.region_code)).filter((one) => one.id !== row.proposed_by)
      : [],
    can,
    next: nextAct(actor, facts),
  }
}

const presentMember = (one: Partial<Member> | Correction, id: string | null, today: string): ShownMember => ({
  id,
  name: one.name ?? '',
  nik: maskNik(one.nik ?? null),
  birthDate: one.birthDate ?? null,
  birthPlace: one.birthPlace ?? null,
  sex: one.sex ?? null,
  relationship: one.relationship ?? null,
  maritalStatus: one.maritalStatus ?? null,
  work: one.work ?? null,
  child: isChild(one.birthDate ?? null, today),
  warnings: one.nik ? checkNik(one.nik, { birthDate: one.birthDate ?? null, sex: one.sex ?? null }) : [],
})

/** What a checker needs at the door: who and where, and the questions of the day. Nothing about who proposed. */
export async function viewCheck(tx: Tx, actor: Actor, id: string): Promise<CheckForm> {
  const proposal = await viewProposal(tx, actor, id)
  const mine = proposal.checks.some((one) => one.assignedToMe && one.submittedAt === null)
  if (!mine) throw notFound('field_check')
  const today = localDay(actor.at, isZoneId(proposal.timeZone) ? proposal.timeZone : 'Asia/Jakarta')
  const form = (await questionnairesOn(tx, today)).find((one) => one.subject === 'family')
  return {
    proposal: { ...proposal, proposer: null },
    questionnaire: form ? { name: form.name, validFrom: form.validFrom, schema: form.schema } : null,
  }
}
