import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import { citizenActs, fileComplaint, officerActs, sweep, theCitizen, whoIs } from '#src/complaints/index.ts'
import { firstNames, lastNames, questions, referralReasons, replies, stories } from './words.ts'

type Stage = {
  db: Db
  secret: Buffer
  cast: (username: string, at: Date) => Actor
  now: Date
  from: Date
  setClock: (at: Date) => void
}

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The same demonstration every time: a small generator with a fixed seed (mulberry32). */
function dice(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Village = { code: string; workers: string[]; pillar: string | null; weight: number }
const villages: Village[] = [
  { code: '32.75.01.1002', workers: ['sari', 'tono'], pillar: 'bagas', weight: 5 },
  { code: '32.75.04.1004', workers: ['yusuf'], pillar: 'lastri', weight: 3 },
  // nobody works there: goes to the kecamatan, and says so
  { code: '32.75.01.1001', workers: [], pillar: null, weight: 1 },
  { code: '33.13.09.1003', workers: ['joko'], pillar: null, weight: 3 },
  { code: '33.13.07.2001', workers: [], pillar: null, weight: 1 },
  { code: '36.73.01.1001', workers: [], pillar: null, weight: 1 },
]
/** Who works where, beyond the villages. */
const workersOf: Record<string, string[]> = {
  '32.75.01.1002/social': ['sari', 'tono'],
  '32.75.04.1004/social': ['yusuf'],
  '32.75.01/social': ['wulan'],
  '32.75/social': ['dimas', 'nurul'],
  '33.13.09.1003/social': ['joko'],
  '33.13/social': ['murni', 'agus'],
  '36/social': ['tubagus', 'siti'],
  '00/social': ['maria', 'darmawan'],
}
const seconds: Record<string, string> = {
  '32.75.01.1002/social': 'endang',
  '32.75/social': 'ratna',
  '33.13/social': 'agus',
  '36/social': 'siti',
  '00/social': 'darmawan',
}

type Open = { id: string; story: number; name: string; next: Date; lazy: boolean }

/** Plays day after day until now: filings, work on open cases, and in the evening what time alone does. */
export async function playHistory({ db, secret, cast, now, from, setClock }: Stage): Promise<void> {
  const roll = dice(20261121)
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(roll() * list.length)]
    if (one === undefined) throw new Error('nothing to choose from')
    return one
  }
  const open: Open[] = []

  for (let day = Math.ceil((now.getTime() - from.getTime()) / DAY) - 1; day >= 0; day--) {
    const morning = new Date(Math.floor((now.getTime() - day * DAY) / DAY) * DAY + 1.5 * HOUR)
    if (morning > now) break
    const filings = day % 7 === 0 ? 1 : 1 + Math.floor(roll() * 3)
    for (let count = 0; count < filings; count++) {
      const at = new Date(morning.getTime() + roll() * 7 * HOUR)
      if (at > now) continue
      setClock(at)
      open.push(await file(db, secret, cast, at, roll, pick))
    }
    for (const one of open) {
      if (one.next > morning || one.lazy) continue
      const at = new Date(morning.getTime() + (1 + roll() * 6) * HOUR)
      if (at > now) continue
      setClock(at)
      await workOn(db, cast, one, at, roll, pick)
      one.next = new Date(at.getTime() + (0.6 + roll() * 2) * DAY)
    }
    const evening = new Date(morning.getTime() + 8 * HOUR)
    if (evening > now) break
    setClock(evening)
    await sweep(db, (error) => {
      throw error
    })
  }
}

type Pick = <T>(list: readonly T[]) => T

async function file(
  db: Db,
  secret: Buffer,
  cast: Stage['cast'],
  at: Date,
  roll: () => number,
  pick: Pick,
): Promise<Open> {
  const bag = villages.flatMap((village) => Array<Village>(village.weight).fill(village))
  const village = pick(bag)
  const story = Math.floor(roll() * stories.length)
  const told = stories[story]
  if (!told) throw new Error('no story')
  const name = [pick(firstNames), pick(lastNames)].filter(Boolean).join(' ')
  const anonymous = roll() < 0.1
  const id = crypto.randomUUID()
  const serial = String(9000 + Math.floor(roll() * 999))
  const input = {
    id,
    regionCode: village.code,
    class: told.class,
    matter: told.matter,
    programmeCode: told.programme,
    body: told.body.replaceAll('{name}', name),
    anonymous,
    confidential: told.class === 'oversight',
    ...(anonymous
      ? {}
      : {
          complainant: {
            name: [pick(firstNames), pick(lastNames)].filter(Boolean).join(' '),
            phone: `0812 0000 ${serial}`,
            relationship: pick(['diri sendiri', 'tetangga', 'anak', 'ketua RT']),
          },
        }),
    concerned: [
      {
        name,
        nik: `990101${String(1 + Math.floor(roll() * 28)).padStart(2, '0')}0${1 + Math.floor(roll() * 9)}7${Math.floor(roll() * 10)}${serial}`,
        rt: '003',
        rw: '005',
        registered: pick(['yes', 'no', 'unknown'] as const),
      },
    ],
  }
  const luck = roll()
  const clerk = village.workers[0]
  if (village.pillar && luck < 0.3) {
    const actor = cast(village.pillar, at)
    await db.as(actor, (tx) => fileComplaint(tx, whoIs(actor), input, { door: 'pillar', secret }))
  } else if (clerk && luck < 0.55) {
    const actor = cast(clerk, at)
    await db.as(actor, (tx) => fileComplaint(tx, whoIs(actor), input, { door: 'desk', secret }))
  } else await db.as({ complaintId: id, at }, (tx) => fileComplaint(tx, theCitizen(at), input, { door: 'web', secret }))
  // Some cases nobody touches: their deadlines pass and they climb.
  return { id, story, name, next: new Date(at.getTime() + roll() * 2 * DAY), lazy: roll() < 0.12 }
}

async function workOn(db: Db, cast: Stage['cast'], one: Open, at: Date, roll: () => number, pick: Pick): Promise<void> {
  const row = await db.asSystem('demonstration: where a case stands', (tx) =>
    tx
      .selectFrom('complaint')
      .select(['state', 'office_id', 'door', 'filed_by', 'answered_by', 'verified_by'])
      .select((eb) =>
        eb
          .exists(
            eb
              .selectFrom('recommendation as r')
              .select('r.seq')
              .whereRef('r.complaint_id', '=', 'complaint.id')
              .where('r.status', '=', 'proposed'),
          )
          .as('proposed'),
      )
      .where('id', '=', one.id)
      .executeTakeFirstOrThrow(),
  )
  const workers = workersOf[row.office_id]
  if (!workers) return
  const free = workers.filter((name) => cast(name, at).accountId !== row.filed_by)
  const actor = cast(pick(free.length > 0 ? free : workers), at)
  const act = <T>(work: (tx: Tx) => Promise<T>) => db.as(actor, work)
  const other = seconds[row.office_id]
  const story = stories[one.story]
  if (!story) return
  const citizen = { complaintId: one.id, at }
  const luck = roll()
  const say = (text: string) => text.replaceAll('{name}', one.name)
  const decides =
    row.door === 'desk' &&
    other !== undefined &&
    actor.role === 'officer' &&
    /^(\d\d\.\d\d|\d\d\.\d\d\.\d\d\.\d{4})\/social$/.test(row.office_id)

  switch (row.state) {
    case 'received':
      if (actor.accountId !== row.filed_by) await act((tx) => officerActs.verify(tx, actor, one.id))
      else if (row.office_id !== '00/social')
        await act((tx) => officerActs.refer(tx, actor, one.id, 'up', { reason: pick(referralReasons) }))
      return
    case 'verified':
    case 'in_progress':
    case 'contested': {
      if (luck < 0.1 && row.state === 'verified')
        return act((tx) => officerActs.askCompletion(tx, actor, one.id, pick(questions)))
      if (luck < 0.2)
        await act((tx) => officerActs.note(tx, actor, one.id, 'Sudah ditelepon, menunggu kabar dari pendamping.'))
      const up = luck > 0.62 && !row.office_id.startsWith('00/') && row.state !== 'contested'
      const decider = other ? cast(other, new Date(at.getTime() + HOUR)) : null
      if (row.proposed) {
        if (decider) await db.as(decider, (tx) => officerActs.approve(tx, decider, one.id, undefined))
        return
      }
      if (decides) {
        await act((tx) =>
          officerActs.recommend(
            tx,
            actor,
            one.id,
            up ? { act: 'refer_up', body: pick(referralReasons) } : { act: 'answer', body: say(story.answer) },
          ),
        )
        if (decider && roll() < 0.85) await db.as(decider, (tx) => officerActs.approve(tx, decider, one.id, undefined))
        return
      }
      if (up) return act((tx) => officerActs.refer(tx, actor, one.id, 'up', { reason: pick(referralReasons) }))
      if (luck > 0.58)
        return act((tx) =>
          officerActs.reject(
            tx,
            actor,
            one.id,
            'Sudah kami cek ke lapangan bersama ketua RT; keterangan tidak sesuai dengan keadaan.',
          ),
        )
      return act((tx) => officerActs.answer(tx, actor, one.id, say(story.answer)))
    }
    case 'referred':
      if (luck < 0.12 && actor.officeId)
        return act((tx) =>
          officerActs.decline(tx, actor, one.id, 'Mohon dilengkapi hasil kunjungan rumah lebih dahulu.'),
        )
      return act((tx) => officerActs.accept(tx, actor, one.id))
    case 'awaiting_completion':
      if (luck < 0.7) await db.as(citizen, (tx) => citizenActs.citizenReplies(tx, citizen, pick(replies)))
      return
    case 'answered':
      if (other && row.verified_by === null && cast(other, at).accountId !== row.answered_by) {
        const second = cast(other, at)
        await db.as(second, (tx) => officerActs.verifyAnswer(tx, second, one.id))
      }
      if (luck < 0.5) await db.as(citizen, (tx) => citizenActs.satisfied(tx, citizen))
      else if (luck < 0.62)
        await db.as(citizen, (tx) =>
          citizenActs.reopen(tx, citizen, 'Belum selesai, sampai hari ini belum ada yang datang.'),
        )
      return
  }
}
