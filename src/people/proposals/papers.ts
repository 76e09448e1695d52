import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { isZoneId, localDay, sayDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { letterPdf, newVerificationCode } from '#src/platform/letters/index.ts'
import { maskNik } from '../identity.ts'
import { holdMeeting } from './meeting.ts'
import type { Payload } from './proposal.ts'
import type { MeetingPaper } from './schema.ts'

const roman = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']

type Item = {
  number: string
  kind: string
  removal: string | null
  programme_code: string | null
  decision: string | null
  reason: string | null
  payload: Payload
}
type Facts = {
  path: string
  region: string
  parent: string | null
  zone: string
  office: string
  address: string | null
  phone: string | null
  items: Item[] | null
  present: { name: string; capacity: string; signed: boolean }[] | null
}

/**
 * The minutes of a village meeting (berita acara) or the statement of responsibility (SPTJM), with the list of what was
 * decided. Names are shortened and numbers masked: the paper hangs on walls. It can be issued again until the meeting is
 * closed; each has its own number and code, and stays as it was printed.
 */
export async function issuePaper(
  tx: Tx,
  actor: Actor,
  deps: { files: FileStore; baseUrl: string },
  meetingId: string,
): Promise<MeetingPaper> {
  const meeting = await holdMeeting(tx, actor, meetingId)
  const officeId = actor.officeId ?? `${meeting.region_code}/social`
  const found = await sql<Facts>`select r.path_name as path, r.name as region, p.name as parent, r.time_zone as zone,
      o.name as office, o.address, o.phone,
      (select json_agg(json_build_object('number', q.number, 'kind', q.kind, 'removal', q.removal, 'programme_code', q.programme_code,
          'decision', i.decision, 'reason', i.reason, 'payload', c.payload) order by i.position)
        from meeting_item i join proposal q on q.id = i.proposal_id join proposal_content c on c.proposal_id = q.id where i.meeting_id = ${meetingId}) as items,
      (select json_agg(json_build_object('name', a.name, 'capacity', a.capacity, 'signed', a.signed) order by a.id)
        from meeting_attendance a where a.meeting_id = ${meetingId}) as present
    from region r left join region p on p.code = r.parent_code, office o where r.code = ${meeting.region_code} and o.id = ${officeId}`.execute(
    tx,
  )
  const facts = found.rows[0]
  if (!facts) throw conflict('meeting_empty')
  const items = facts.items ?? []
  if (items.length === 0) throw conflict('meeting_empty')
  const undecided = items.filter((one) => one.decision === null).length
  if (undecided > 0) throw conflict('meeting_undecided', { count: undecided })
  const day = localDay(actor.at, isZoneId(facts.zone) ? facts.zone : 'Asia/Jakarta')
  const statement = meeting.basis === 'statement'
  const number = await numberOf(tx, officeId, day, statement ? 'SPTJM' : 'BA')
  const code = newVerificationCode()
  const heldOn = sayDay(meeting.held_on, 'id', 'long')
  const present = facts.present ?? []
  const pdf = await letterPdf({
    letterhead: {
      lines: [
        facts.parent ? `${facts.region}, ${facts.parent}` : facts.region,
        facts.office,
        [facts.address, facts.phone].filter(Boolean).join(' · '),
      ].filter((line) => line !== ''),
    },
    number,
    dateLine: `${facts.region}, ${sayDay(day, 'id', 'long')}`,
    subject: statement
      ? `Surat Pernyataan Tanggung Jawab Mutlak usulan data ${meeting.period}`
      : `Berita Acara Musyawarah ${facts.region} periode ${meeting.period}`,
    to: ['Dinas Sosial', facts.path],
    paragraphs: [
      statement
        ? `Yang bertanda tangan di bawah ini menyatakan bertanggung jawab mutlak atas kebenaran usulan dan sanggahan data ${facts.path} periode ${meeting.period} berikut.`
        : `Pada ${heldOn}, bertempat di ${meeting.place}, telah dilaksanakan musyawarah desa/kelurahan untuk ${facts.path}. Musyawarah memutuskan usulan dan sanggahan berikut.`,
      ...(statement
        ? ['Pernyataan ini dibuat dengan sebenarnya dan menggantikan musyawarah pada periode tersebut.']
        : [
            `Hadir dalam musyawarah (${present.length} orang):\n${present
              .map((one, place) => `${place + 1}. ${one.name}, ${one.capacity}${one.signed ? ', bertanda tangan' : ''}`)
              .join('\n')}`,
            'Demikian berita acara ini dibuat. Daftar hadir bertanda tangan dilampirkan pada arsip desa/kelurahan.',
          ]),
    ],
    facts: items.map((item, place) => [`${place + 1}. ${item.number}`, annexLine(item)]),
    signature: { office: facts.office, name: actor.name, role: sentence(`role_${actor.role}`, 'id') },
    verification: { code, url: `${deps.baseUrl}/verifikasi/${code}` },
    locale: 'id',
  })
  const stored = await deps.files.put(pdf, { maxBytes: pdf.length })
  const paper = {
    id: uuidv7(),
    kind: statement ? ('statement' as const) : ('minutes' as const),
    number,
    code,
    name: `${number.replaceAll('/', '-')}.pdf`,
  }
  await tx
    .insertInto('meeting_paper')
    .values({
      meeting_id: meetingId,
      ...paper,
      office_id: officeId,
      issued_at: actor.at,
      issued_by: actor.accountId,
      sha256: createHash('sha256').update(pdf).digest('hex'),
      file_id: stored.id,
      media_type: 'application/pdf',
      bytes: pdf.length,
    })
    .execute()
  return { ...paper, issuedAt: actor.at.toISOString() }
}

async function numberOf(tx: Tx, officeId: string, day: string, kind: string): Promise<string> {
  const { rows } = await sql<{ last: number }>`insert into letter_sequence (office_id, year, last)
    values (${officeId}, ${Number(day.slice(0, 4))}, 1)
    on conflict (office_id, year) do update set last = letter_sequence.last + 1 returning last`.execute(tx)
  return `${String(rows[0]?.last ?? 1).padStart(3, '0')}/${kind}/${officeId.split('/')[0]}/${roman[Number(day.slice(5, 7)) - 1]}/${day.slice(0, 4)}`
}

/** `Usul keluarga baru; S****** (999901******9001), RT 02/RW 05; diterima`: enough for those who were there. */
function annexLine(item: Item): string {
  const people = (item.payload.members ?? []).map((one) => {
    const nik = maskNik(one.nik ?? null)
    return nik ? `${shortName(one.name)} (${nik})` : shortName(one.name)
  })
  const { rt, rw } = item.payload.family ?? {}
  return [
    `${sentence(`proposals_kind_${item.kind}`, 'id')}${item.removal ? `: ${sentence(`proposals_removal_${item.removal}`, 'id')}` : ''}${item.programme_code ? ` (${item.programme_code})` : ''}`,
    people.join(', '),
    [rt && `RT ${rt}`, rw && `RW ${rw}`].filter(Boolean).join('/'),
    `${sentence(`proposals_decision_${item.decision}`, 'id')}${item.reason ? `: ${item.reason}` : ''}`,
  ]
    .filter((part) => part !== '')
    .join('; ')
}

/** 'Sumiati Rahayu' is shown as 'S****** R*****'. */
export const shortName = (name: string): string =>
  name
    .split(' ')
    .map((word) => `${[...word][0] ?? ''}${'*'.repeat(Math.max(0, [...word].length - 1))}`)
    .join(' ')

/** The signed scan of a statement, or of the minutes with the signatures on paper. */
export async function keepSigned(tx: Tx, actor: Actor, meetingId: string, file: Kept): Promise<void> {
  const meeting = await holdMeeting(tx, actor, meetingId)
  await tx
    .insertInto('meeting_paper')
    .values({
      meeting_id: meetingId,
      id: file.id,
      kind: 'signed',
      office_id: actor.officeId ?? `${meeting.region_code}/social`,
      issued_at: actor.at,
      issued_by: actor.accountId,
      file_id: file.fileId,
      name: file.name,
      media_type: file.mediaType,
      bytes: file.bytes,
    })
    .execute()
}
