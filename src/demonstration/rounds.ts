import { sql } from 'kysely'
import { v5 as uuidOf } from 'uuid'
import { fileDisputed } from '#src/complaints/index.ts'
import { answerByCode, answerByVisit, drawSample, listQuestions, listVisits, visitUnreached } from '#src/distribution/asking/index.ts' // prettier-ignore
import { redeem } from '#src/distribution/handover/index.ts'
import { onDeliveryDisputed } from '#src/distribution/index.ts'
import { changeStop, closeRound, invite, inviteRounds, makeRound, openRound, prepareRounds, scheduleStops } from '#src/distribution/rounds/index.ts' // prettier-ignore
import { recordContactAsSystem } from '#src/people/contacts/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import { noteStatuses } from '#src/platform/messages/index.ts'
import { sendDue } from '#src/platform/messages/sending.ts'
import { settleStatuses } from '#src/platform/messages/statuses.ts'

const DAY = 86_400_000
const ZONE = 'Asia/Jakarta'
/** Where somebody of the demonstration can hand out. */
const DISTRICT = '32.75.01'
const SAMPLE = 60

type Stage = {
  db: Db
  secret: Buffer
  baseUrl: string
  contacts: boolean
  cast: (username: string, at: Date) => Actor
  now: Date
  setClock: (at: Date) => void
}
type Family = { stop_id: string; family_id: string; state: string; amount: number }

/**
 * A round of this month's list, handed out in one morning and closed; a sample asked by message, with answers of every kind, and visits where
 * no message came. Goes on where a first start was cut off; told once. Without `contacts` nobody gives a telephone.
 */
export async function playRound({ db, secret, baseUrl, contacts, cast, now, setClock }: Stage): Promise<void> {
  const told = await db.asSystem('demonstration: how far is the round', async (tx) => {
    const asked = await tx.selectFrom('delivery_asking').select('id').limit(1).executeTakeFirst()
    const list = await tx.selectFrom('determination').select(['id', 'period']).where('state', '=', 'approved').orderBy('decided_at').limit(1).executeTakeFirst() // prettier-ignore
    const round = await tx.selectFrom('distribution_round').select(['id', 'state']).limit(1).executeTakeFirst()
    return { asked, list, round }
  })
  const { list } = told
  if (told.asked || !list) return
  const issuer = { secret, baseUrl }
  const day = (after: number) => localDay(new Date(now.getTime() - (4 - after) * DAY), ZONE)
  /** Somebody acts so many days after the morning of handing over, at an hour of theirs. */
  const at = (after: number, hour: string) => new Date(`${day(after)}T${hour}:00+07:00`)
  const as = async <T>(username: string, when: Date, work: (tx: Tx, actor: Actor) => Promise<T>): Promise<T> => {
    setClock(when)
    const actor = cast(username, when)
    return db.as(actor, (tx) => work(tx, actor))
  }

  const before = new Date(now.getTime() - 4.8 * DAY)
  const roundId =
    told.round?.id ??
    (await as('nurul', before, (tx, actor) =>
      makeRound(tx, actor, {
        determinationId: list.id,
        name: 'Sembako, penyaluran bulan ini',
        way: 'community_point',
        opensOn: day(0),
        closesOn: day(1),
      }),
    ))
  await prepareRounds(db)
  const state = told.round?.state ?? 'planned'
  if (state === 'planned') {
    await as('nurul', before, (tx, actor) => scheduleStops(tx, actor, roundId, { startsAt: `${day(0)}T07:30`, endsAt: `${day(0)}T14:00` })) // prettier-ignore
    await as('nurul', before, (tx, actor) => invite(tx, actor, roundId))
    await inviteRounds(db, issuer)
  }
  if (state === 'planned' || state === 'invited') await as('nurul', at(0, '07:30'), (tx, actor) => openRound(tx, actor, roundId)) // prettier-ignore
  if (state !== 'closed') {
    await handOut({ db, as, at, roundId, contacts, wulan: cast('wulan', now).accountId })
    await as('nurul', at(0, '17:00'), (tx, actor) => closeRound(tx, actor, roundId, {}))
  }
  const deaf = onDeliveryDisputed(fileDisputed)
  try {
    await ask({ db, as, at, issuer, roundId, setClock })
  } finally {
    deaf()
  }
}

type Telling = {
  db: Db
  as: <T>(username: string, when: Date, work: (tx: Tx, actor: Actor) => Promise<T>) => Promise<T>
  at: (after: number, hour: string) => Date
  roundId: string
}

/** One handing over after another; most families are there, some say how they can be reached. */
async function handOut({
  db,
  as,
  at,
  roundId,
  contacts,
  wulan,
}: Telling & { contacts: boolean; wulan: string }): Promise<void> {
  const families = await db.asSystem('demonstration: who is on the list', async (tx) => {
    const { rows } = await sql<Family>`
      select stop_id, family_id, state, amount from round_entitlement
      where round_id = ${roundId} and stop_id is not null and region_code like ${`${DISTRICT}.%`} order by region_code, family_id`.execute(
      tx,
    )
    return rows
  })
  for (const stopId of new Set(families.map((one) => one.stop_id)))
    await as('nurul', at(0, '07:15'), (tx, actor) => changeStop(tx, actor, roundId, stopId, { people: [wulan] }))
  const start = at(0, '08:00').getTime()
  for (const [place, one] of families.entries()) {
    const id = uuidOf(`demonstration ${roundId} ${one.family_id}`, uuidOf.URL)
    // One in eleven comes another day; one in nine does not come.
    if (one.state !== 'open' || place % 11 === 7) continue
    const when = new Date(start + place * 75_000)
    const absent = place % 9 === 4
    await as('wulan', when, (tx, actor) =>
      redeem(
        tx,
        actor,
        roundId,
        {
          id,
          stopId: one.stop_id,
          familyId: one.family_id,
          happenedAt: when.toISOString(),
          deviceId: 'telepon-wulan',
          offline: false,
          ...(absent ? { outcome: 'refused', reason: 'not_come' } : { outcome: 'received', receivedBy: 'self' }),
        },
        { signature: null, proof: null, trusted: [] },
      ),
    )
    if (absent || !contacts || place % 10 > 6) continue
    const byMail = place % 10 === 3
    await db.asSystem('demonstration: how a family can be reached', (tx) =>
      recordContactAsSystem(tx, {
        familyId: one.family_id,
        id: uuidOf(`demonstration contact ${one.family_id}`, uuidOf.URL),
        kind: byMail ? 'email' : 'whatsapp',
        value: byMail ? `keluarga${place}@contoh.invalid` : `0812 0000 9${String(place % 1000).padStart(3, '0')}`,
        agreed: place % 10 !== 6,
        source: 'handover',
        sourceRef: id,
      }),
    )
  }
}

/** The day after: a sample by message, what the provider says of it, answers, and visits to whom nothing reached. */
async function ask(
  given: Telling & { issuer: { secret: Buffer; baseUrl: string }; setClock: (at: Date) => void },
): Promise<void> {
  const { db, as, at, issuer, roundId, setClock } = given
  const { secret } = issuer
  const delivered = await db.asSystem(
    'demonstration: was anything handed over',
    (tx) =>
    tx.selectFrom('round_entitlement').select('family_id').where('round_id', '=', roundId).where('state', '=', 'delivered').limit(1).executeTakeFirst(), // prettier-ignore
  )
  if (!delivered) return
  await as('nurul', at(1, '09:00'), (tx, actor) =>
    drawSample(tx, actor, issuer, roundId, { door: 'message', size: SAMPLE, seed: 'peragaan' }),
  )
  setClock(at(1, '09:05'))
  const quiet = { info: () => {}, warn: () => {}, error: () => {} }
  await sendDue({ db, log: quiet })
  setClock(at(1, '09:20'))
  await db.asSystem('demonstration: what became of the messages', async (tx) => {
    const sent = await tx.selectFrom('message').select('id').where('state', '=', 'sent').where('channel', '=', 'whatsapp').orderBy('id').execute() // prettier-ignore
    const statuses = sent.flatMap(({ id }, place) => {
      const say = (status: 'delivered' | 'read' | 'failed', fault: string | null = null) => ({ providerId: `peragaan.${id}`, status, messageId: id, fault, at: at(1, status === 'read' ? '11:40' : '09:20') }) // prettier-ignore
      if (place % 8 === 3) return [say('failed', 'not_reachable')]
      if (place % 8 === 6) return []
      return place % 8 < 5 ? [say('delivered'), say('read')] : [say('delivered')]
    })
    await noteStatuses(tx, statuses)
  })
  while ((await settleStatuses(db)) > 0);
  const read = await as('nurul', at(1, '12:00'), (tx, actor) => listQuestions(tx, actor, secret, roundId, { message: 'read' })) // prettier-ignore
  for (const [place, one] of read.items.entries()) {
    if (place % 5 === 4 || one.code === null) continue
    setClock(new Date(at(1, '12:10').getTime() + place * 180_000))
    await answerByCode(
      db,
      secret,
      one.code,
      place === 1
        ? { received: false, note: 'Hari itu saya di rumah sakit, tidak ada yang datang.' }
        : place === 2
          ? { received: true, amount: one.expected, cut: true, cutAmount: 20_000, note: 'Diminta uang transport.' }
          : { received: true, amount: one.expected, cut: false },
    )
  }
  await as('nurul', at(2, '09:00'), (tx, actor) => visitUnreached(tx, actor, roundId))
  const tasks = await as('bagas', at(3, '09:00'), (tx, actor) => listVisits(tx, actor))
  for (const [place, task] of tasks.slice(0, 4).entries())
    await as('bagas', new Date(at(3, '09:10').getTime() + place * 600_000), (tx, actor) =>
      answerByVisit(
        tx,
        actor,
        secret,
        task.askingId,
        task.familyId,
        place === 2 ? { notMet: true } : { received: true, amount: 200_000, cut: false },
      ),
    )
}
