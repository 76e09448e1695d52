import { v7 as uuid } from 'uuid'
import { openFamily } from '#src/people/register/index.ts'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import { type Application, serviceActs } from '#src/programmes/services/index.ts'

const DAY = 86_400_000
const MARGAHAYU = '32.75.01.1002'

type Stage = {
  db: Db
  cast: (username: string, at: Date) => Actor
  now: Date
  setClock: (at: Date) => void
}
type Played = { id: string; seq: (code: string) => Promise<number> }

/**
 * A few services on their way, so that their pages have something to show: rehabilitation (ATENSI) of three people, one of them finished, a
 * monthly family meeting led by a pillar, and a business group. Told once.
 */
export async function playServices({ db, cast, now, setClock }: Stage): Promise<void> {
  const told = await db.asSystem('demonstration: are there services', (tx) =>
    tx.selectFrom('service_case').select('id').limit(1).executeTakeFirst(),
  )
  if (told) return
  const as = async <T>(username: string, daysAgo: number, work: (tx: Tx, actor: Actor) => Promise<T>): Promise<T> => {
    const at = new Date(now.getTime() - daysAgo * DAY)
    setClock(at)
    const actor = cast(username, at)
    return db.as(actor, (tx) => work(tx, actor))
  }
  const dayOf = (inDays: number) => new Date(now.getTime() + inDays * DAY).toISOString().slice(0, 10)
  const apply = async (username: string, daysAgo: number, given: Application): Promise<Played> => {
    const id = await as(username, daysAgo, (tx, actor) => serviceActs.applyForService(tx, actor, given))
    const seq = async (code: string) => {
      const row = await db.asSystem('demonstration: the next step', (tx) =>
        tx
          .selectFrom('service_step')
          .select('seq')
          .where('case_id', '=', id)
          .where('code', '=', code)
          .where('done_at', 'is', null)
          .orderBy('seq')
          .executeTakeFirstOrThrow(),
      )
      return row.seq
    }
    return { id, seq }
  }
  const record = async (
    one: Played,
    username: string,
    daysAgo: number,
    code: string,
    result: string,
    more: {
      note?: string
      answers?: Record<string, unknown>
      topic?: string
      attendance?: { memberId: string; present: boolean }[]
    } = {},
  ) => {
    const seq = await one.seq(code)
    await as(username, daysAgo, (tx, actor) =>
      serviceActs.recordStep(tx, actor, one.id, seq, { id: uuid(), result, ...more }),
    )
  }

  const families = await db.asSystem('demonstration: families for services', (tx) =>
    tx
      .selectFrom('family')
      .select(['id', 'head_id'])
      .where('region_code', '=', MARGAHAYU)
      .where('status', '=', 'active')
      .where('head_id', 'is not', null)
      .orderBy('id')
      .limit(12)
      .execute(),
  )
  const open = (username: string, daysAgo: number, familyId: string, reason: string) =>
    as(username, daysAgo, (tx, actor) => openFamily(tx, actor, { familyId, reason, work: 'service' }))
  const [elder, ...meeting] = families
  if (!elder?.head_id || meeting.length < 5) return

  // Somebody of the register, far along: what is due now was not done yet.
  await open('sari', 44, elder.id, 'Permohonan pendampingan lansia')
  const first = await apply('sari', 44, {
    programmeCode: 'ATENSI',
    familyId: elder.id,
    personId: elder.head_id,
    answers: { need: 'Tinggal sendiri, sulit berjalan, perlu didampingi' },
  })
  await record(first, 'sari', 40, 'asesmen', 'done', {
    answers: {
      cluster: 'elderly',
      urgent: true,
      situation: 'Tinggal sendiri di rumah kontrakan, makan dari tetangga.',
    },
  })
  await as('sari', 39, (tx, actor) =>
    serviceActs.planSteps(tx, actor, first.id, {
      steps: [
        { code: 'kebutuhan_hidup', dueOn: dayOf(-35) },
        { code: 'perawatan_sosial', dueOn: dayOf(-30), times: 3, assigneeId: actorId('bagas') },
        { code: 'aksesibilitas', dueOn: dayOf(0) },
        { code: 'pemantauan', dueOn: dayOf(20) },
        { code: 'evaluasi', dueOn: dayOf(80) },
      ],
    }),
  )
  await record(first, 'sari', 34, 'kebutuhan_hidup', 'done', { note: 'Paket makanan dan kasur diterima.' })
  await record(first, 'bagas', 29, 'perawatan_sosial', 'same', { note: 'Sudah mau diajak ke posyandu lansia.' })

  // Two people who are not in the register: one just came, one is finished.
  await apply('sari', 3, {
    programmeCode: 'ATENSI',
    walkIn: { name: 'Tarmi', address: 'Kolong jembatan Kali Bekasi' },
    regionCode: MARGAHAYU,
    note: 'Diantar ketua RW; belum punya KTP.',
  })
  const done = await apply('endang', 48, {
    programmeCode: 'ATENSI',
    walkIn: { name: 'Yohanes Bambang Sutrisno', address: 'Jalan Mawar 5', birthDate: '1961-04-18' },
    regionCode: MARGAHAYU,
  })
  await record(done, 'endang', 46, 'asesmen', 'done', { answers: { cluster: 'disability' } })
  await as('endang', 45, (tx, actor) =>
    serviceActs.planSteps(tx, actor, done.id, {
      steps: [
        { code: 'terapi', dueOn: dayOf(-42), times: 2 },
        { code: 'pemantauan', dueOn: dayOf(-20), times: 1 },
      ],
    }),
  )
  await record(done, 'endang', 40, 'terapi', 'better', { answers: { kind: 'physical' } })
  await record(done, 'endang', 30, 'terapi', 'better')
  await record(done, 'endang', 18, 'pemantauan', 'better', { answers: { dependence: 'self' } })
  await record(done, 'endang', 10, 'evaluasi', 'better')
  await as('endang', 9, (tx, actor) => serviceActs.finish(tx, actor, done.id, { outcome: 'independent' }))

  // A family meeting every month, led by a pillar.
  const group = await apply('endang', 47, {
    programmeCode: 'P2K2',
    groupName: 'Melati RW 04',
    regionCode: MARGAHAYU,
    workerId: actorId('bagas'),
  })
  for (const family of meeting.slice(0, 8)) {
    await open('endang', 46, family.id, 'Anggota kelompok P2K2')
    await as('endang', 46, (tx, actor) => serviceActs.addMember(tx, actor, group.id, { familyId: family.id }))
  }
  const members = await db.asSystem('demonstration: members of a group', (tx) =>
    tx.selectFrom('service_member').select('id').where('case_id', '=', group.id).orderBy('id').execute(),
  )
  const came = (absent: number) => members.map((one, at) => ({ memberId: one.id, present: at !== absent }))
  await record(group, 'bagas', 44, 'pembentukan', 'done', {
    answers: { place: 'Balai RW 04', day: 'sat' },
    attendance: came(-1),
  })
  await as('endang', 43, (tx, actor) =>
    serviceActs.planSteps(tx, actor, group.id, { steps: [{ code: 'pertemuan', dueOn: dayOf(-31), times: 6 }] }),
  )
  await record(group, 'bagas', 31, 'pertemuan', 'held', { topic: 'pengasuhan', attendance: came(2) })

  // A business group that was only just applied for.
  await apply('endang', 6, { programmeCode: 'KUBE', groupName: 'Usaha Kue Basah Kenanga', regionCode: MARGAHAYU })

  function actorId(username: string): string {
    return cast(username, now).accountId
  }
}
