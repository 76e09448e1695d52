import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { localDay, sayDay, sayInstant } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { conflict, forbidden } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { letterPdf, newVerificationCode } from '#src/platform/letters/index.ts'
import { saveCase, whoIs } from './case.ts'
import { take } from './casework.ts'
import { secretFor } from './intake.ts'
import type { Letter } from './schema.ts'

type Kind = Letter['kind']
const roman = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']
const kindCode: Record<Kind, string> = { referral: 'RJK', answer: 'TGP', receipt: 'TT' }

/**
 * Issues a letter: a receipt for whoever came to the desk, a referral for the office the case went to, an answer for
 * the citizen. It is kept as it was printed; its code can be checked by anybody, and says nothing about the case.
 */
export async function issueLetter(
  tx: Tx,
  actor: Actor,
  deps: { files: FileStore; baseUrl: string; secret: Buffer },
  id: string,
  kind: Kind,
): Promise<Letter> {
  const held = await take(tx, actor, id, 'issue_letter')
  const who = whoIs(actor)
  const { row } = held
  // The receipt carries the citizen's secret: only whoever took the complaint in may hand it over.
  if (kind === 'receipt' && row.filed_by !== actor.accountId) throw forbidden('complaint.issue_letter')
  const officeId = actor.officeId ?? row.office_id
  const zone = held.calendar.zone
  const day = localDay(who.at, zone)
  const year = Number(day.slice(0, 4))
  const counted = await sql<{
    last: number
  }>`insert into letter_sequence (office_id, year, last) values (${officeId}, ${year}, 1)
    on conflict (office_id, year) do update set last = letter_sequence.last + 1 returning last`.execute(tx)
  const number = `${String(counted.rows[0]?.last ?? 1).padStart(3, '0')}/${kindCode[kind]}/${officeId.split('/')[0]}/${roman[Number(day.slice(5, 7)) - 1]}/${year}`
  const code = newVerificationCode()
  const place = await sql<{
    path: string
    region: string
    office: string
    address: string | null
    phone: string | null
    parent: string | null
  }>`
    select r.path_name as path, own.name as region, o.name as office, o.address, o.phone, (select p.name from region p where p.code = own.parent_code) as parent
    from region r, office o join region own on own.code = o.region_code where r.code = ${row.region_code} and o.id = ${officeId}`.execute(
    tx,
  )
  const at = place.rows[0]
  if (!at) throw conflict('no_office')
  const matter = await tx
    .selectFrom('complaint_matter')
    .select('name_id')
    .where('code', '=', row.matter)
    .executeTakeFirstOrThrow()
  const person = await tx
    .selectFrom('complaint_person')
    .select(['name', 'part'])
    .where('complaint_id', '=', id)
    .orderBy('part')
    .orderBy('seq')
    .execute()
  const complainant = person.find((one) => one.part === 'complainant')?.name ?? 'Pelapor'
  const content = await contentOf(tx, kind, id, complainant, row.office_id)
  const facts: [string, string][] = [
    ['Nomor aduan', row.number],
    ...(kind === 'receipt' ? ([['Kode rahasia', secretFor(deps.secret, id)]] as [string, string][]) : []),
    ['Tanggal aduan', sayInstant(row.filed_at, zone, 'id')],
    ['Wilayah', at.path],
    [
      'Perihal aduan',
      `${sentence(`class_${row.class}`, 'id')}: ${matter.name_id}${row.programme_code ? ` (${row.programme_code})` : ''}`,
    ],
    ...(row.due_at ? ([['Batas waktu', sayInstant(row.due_at, zone, 'id')]] as [string, string][]) : []),
  ]
  const pdf = await letterPdf({
    letterhead: {
      lines: [
        at.parent && at.parent !== 'Indonesia' ? `${at.region}, ${at.parent}` : at.region,
        at.office,
        [at.address, at.phone].filter(Boolean).join(' · '),
      ].filter((line) => line !== ''),
    },
    number,
    dateLine: `${at.region}, ${sayDay(day, 'id', 'long')}`,
    subject: content.subject,
    to: content.to,
    paragraphs: content.paragraphs,
    facts,
    signature: { office: at.office, name: actor.name, role: sentence(`role_${actor.role}`, 'id') },
    verification: { code, url: `${deps.baseUrl}/verifikasi/${code}` },
    locale: 'id',
  })
  const stored = await deps.files.put(pdf, { maxBytes: pdf.length })
  const letterId = uuidv7()
  await saveCase(tx, who, held, {}, [
    { kind: 'letter_issued', public: kind !== 'referral', data: { letter: kind, number } },
  ])
  await tx
    .insertInto('letter')
    .values({
      complaint_id: id,
      id: letterId,
      kind,
      number,
      code,
      office_id: officeId,
      issued_at: who.at,
      issued_by: actor.accountId,
      sha256: createHash('sha256').update(pdf).digest('hex'),
      file_id: stored.id,
    })
    .execute()
  await tx.insertInto('letter_code').values({ code, complaint_id: id, letter_id: letterId }).execute()
  return { id: letterId, kind, number, code, issuedAt: who.at.toISOString() }
}

async function contentOf(tx: Tx, kind: Kind, id: string, complainant: string, officeId: string) {
  if (kind === 'receipt')
    return {
      subject: 'Tanda terima aduan',
      to: ['Yth.', complainant, 'di tempat'],
      paragraphs: [
        'Aduan Anda telah kami terima dengan keterangan berikut.',
        'Simpan surat ini. Dengan nomor aduan dan kode rahasia, Anda dapat mengikuti perkembangan, menambah keterangan, atau menarik aduan kapan saja melalui halaman Lacak Aduan. Jangan berikan kode rahasia kepada orang lain.',
      ],
    }
  if (kind === 'answer') {
    const answered = await lastEvent(tx, id, 'answered')
    if (!answered) throw conflict('nothing_answered_yet')
    return {
      subject: 'Tanggapan atas aduan',
      to: ['Yth.', complainant, 'di tempat'],
      paragraphs: [
        'Sehubungan dengan aduan Anda berikut ini, kami sampaikan tanggapan.',
        ...(answered.body ?? '').split(/\n+/),
        'Jika tanggapan ini belum menyelesaikan masalah Anda, Anda dapat membuka kembali aduan melalui halaman Lacak Aduan.',
      ],
    }
  }
  const referral = await tx
    .selectFrom('referral as r')
    .innerJoin('office as o', 'o.id', 'r.to_office')
    .select(['o.name', 'r.reason', 'o.address', 'r.kind'])
    .where('r.complaint_id', '=', id)
    .orderBy('r.seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const named =
    referral ??
    (await tx.selectFrom('office').select(['name', 'address']).where('id', '=', officeId).executeTakeFirstOrThrow())
  return {
    subject: 'Rujukan penanganan aduan',
    to: ['Yth. Kepala', named.name, ...(named.address ? [named.address] : []), 'di tempat'],
    paragraphs: [
      `Bersama ini kami rujuk aduan masyarakat atas nama ${complainant} untuk ditangani lebih lanjut.`,
      ...(referral ? [`Alasan rujukan: ${referral.reason}`] : []),
      'Mohon hasil penanganan disampaikan melalui sistem agar dapat diteruskan kepada pelapor.',
    ],
  }
}

const lastEvent = (tx: Tx, id: string, kind: string) =>
  tx
    .selectFrom('complaint_event')
    .select(['body', 'seq'])
    .where('complaint_id', '=', id)
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
