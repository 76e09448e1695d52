import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import {
  hasOpenProposal,
  knownByNik,
  type NewProposal,
  proposerIs,
  type ProposalNews,
  submitProposal,
} from '#src/people/index.ts'
import { holdCase, saveCase, step, theSystem, whoIs } from './case.ts'
import { take } from './casework.ts'

type PersonRow = {
  part: string
  name: string | null
  nik: string | null
  kk_number: string | null
  phone: string | null
  email: string | null
  sex: string | null
  birth_date: string | null
  address: string | null
  rt: string | null
  rw: string | null
  relationship: string | null
}

/**
 * From a complaint about who is listed, or about papers, to a proposal, in one act with everything filled in: people,
 * address, programme, place and story. Errors: proposal_open (one is under way), proposal_nobody (409).
 */
export async function openProposal(tx: Tx, actor: Actor, secret: Buffer, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'open_proposal', version)
  const state = step(held, 'open_proposal')
  if (await hasOpenProposal(tx, id)) throw conflict('proposal_open')
  // Row security leaves out whoever asked to stay anonymous: then the officer proposes in their own name.
  const people = await tx
    .selectFrom('complaint_person')
    .selectAll()
    .where('complaint_id', '=', id)
    .orderBy('part')
    .orderBy('seq')
    .execute()
  const { row } = held
  const submitted = await submitProposal(tx, proposerIs(actor), await proposalFrom(tx, row, people), {
    door: 'complaint',
    secret,
    complaintId: id,
    confidential: row.confidential,
  })
  await saveCase(tx, whoIs(actor), held, { state }, [
    { kind: 'proposal_opened', public: true, data: { proposalId: submitted.id, number: submitted.number } },
  ])
}

const removals = {
  'enrolment.listed_wrongly': 'not_eligible',
  'enrolment.deceased': 'dead',
  'enrolment.double': 'double',
} as const
type Told = { matter: string; region_code: string; programme_code: string | null; body: string }

async function proposalFrom(tx: Tx, row: Told, people: readonly PersonRow[]): Promise<NewProposal> {
  const complainant = people.find((one) => one.part === 'complainant')
  const named = people.filter((one) => one.part === 'concerned' && one.name)
  // Nobody named beside the complainant: they speak for themselves.
  const concerned = named.length > 0 ? named : complainant?.name ? [complainant] : []
  const [first] = concerned
  const base = {
    regionCode: row.region_code,
    reason: row.body,
    ...(row.programme_code && { programmeCode: row.programme_code }),
    ...(complainant?.name && { proposer: proposerFrom(complainant, complainant.name) }),
  }
  const removal = removals[row.matter as keyof typeof removals]
  if (row.matter !== 'enrolment.not_listed' && removal === undefined) {
    const known = await knownByNik(
      tx,
      concerned.flatMap((one) => (one.nik ? [one.nik] : [])),
    )
    const families = new Set(known.map((one) => one.familyId))
    return {
      ...base,
      kind: 'correct',
      ...(families.size === 1 && known[0] && { familyId: known[0].familyId }),
      corrections: known.flatMap((one) => {
        const told = concerned.find((person) => person.nik === one.nik)
        return told ? [{ personId: one.id, ...factsFrom(told) }] : []
      }),
    }
  }
  if (!first) throw conflict('proposal_nobody')
  const members = concerned.map((one, place) => ({
    ...factsFrom(one),
    name: one.name ?? '',
    ...(removal === undefined && place === 0 && { relationship: 'head' as const }),
  }))
  return {
    ...base,
    ...(removal ? { kind: 'remove' as const, removal } : { kind: 'enrol' as const }),
    members,
    family: present({ kkNumber: first.kk_number, address: first.address, rt: first.rt, rw: first.rw }),
  }
}

const factsFrom = (one: PersonRow) =>
  present({ name: one.name, nik: one.nik, birthDate: one.birth_date, sex: one.sex as 'female' | 'male' | null })
const proposerFrom = (one: PersonRow, name: string) => ({
  name,
  ...present({
    nik: one.nik,
    phone: one.phone,
    email: one.email,
    address: one.address,
    relationship: one.relationship,
  }),
})
/** Only what is known. */
const present = <T extends object>(facts: T) =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null)) as {
    [Key in keyof T]?: NonNullable<T[Key]>
  }

const told = new Set(['accepted', 'declined', 'postponed', 'returned', 'refused', 'applied', 'withdrawn'])

/** What has become of the proposal, on the complaint that opened it, with an answer an officer may send as it is. */
export async function hearOfProposal(tx: Tx, news: ProposalNews): Promise<void> {
  if (!told.has(news.event)) return
  const who = theSystem(news.at)
  const held = await holdCase(tx, who, news.complaintId)
  const key = `proposals_answer_${news.event}${news.event === 'applied' && news.kind === 'remove' ? '_remove' : ''}`
  const body = sentence(key, 'id', { number: news.number, reason: news.reason ?? '' }).trim()
  await saveCase(tx, who, held, {}, [
    {
      kind: 'proposal_news',
      public: false,
      body: body.slice(0, 5000),
      data: { proposalId: news.proposalId, number: news.number, state: news.state },
    },
  ])
}
