import { type NewProposal, proposalActs, submitProposal } from '#src/people/index.ts'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'

const DAY = 86_400_000
const MARGAHAYU = '32.75.01.1002'

type Stage = {
  db: Db
  secret: Buffer
  cast: (username: string, at: Date) => Actor
  now: Date
  setClock: (at: Date) => void
}

const widow: NewProposal = {
  regionCode: MARGAHAYU,
  kind: 'enrol',
  programmeCode: 'SEMBAKO',
  reason: 'Janda dengan dua anak, berjualan gorengan. Rumah kontrakan satu kamar. Belum terdaftar sejak pindah KK.',
  family: { kkNumber: '3275011203129001', address: 'Gang Kenanga 12', rt: '04', rw: '09' },
  members: [
    {
      name: 'Sumarni',
      nik: '3275015203849001',
      birthDate: '1984-03-12',
      sex: 'female',
      relationship: 'head',
      maritalStatus: 'widowed',
      work: 'Berjualan gorengan',
    },
    { name: 'Rizky Ramadhan', birthDate: '2012-08-02', sex: 'male', relationship: 'child', schooling: 'attending' },
    { name: 'Nabila', birthDate: '2017-01-25', sex: 'female', relationship: 'child', schooling: 'attending' },
  ],
}
const elder: NewProposal = {
  regionCode: MARGAHAYU,
  kind: 'enrol',
  programmeCode: 'PKH',
  reason: 'Lansia 78 tahun hidup sendiri, anak-anaknya tidak diketahui. Makan dari tetangga.',
  family: { address: 'Jalan Melati Dalam 3', rt: '02', rw: '05' },
  members: [
    {
      name: 'Darmo',
      nik: '3275010707489002',
      birthDate: '1948-07-07',
      sex: 'male',
      relationship: 'head',
      maritalStatus: 'widowed',
    },
  ],
}
const trader: NewProposal = {
  regionCode: MARGAHAYU,
  kind: 'enrol',
  programmeCode: 'SEMBAKO',
  reason: 'Minta dimasukkan karena usaha sedang sepi.',
  family: { address: 'Jalan Raya Margahayu 88', rt: '01', rw: '02' },
  members: [
    {
      name: 'Hartono Wijayakusuma',
      birthDate: '1979-11-30',
      sex: 'male',
      relationship: 'head',
      work: 'Pemilik toko bangunan',
    },
  ],
}
const newest: NewProposal = {
  regionCode: MARGAHAYU,
  kind: 'enrol',
  programmeCode: 'PBI_JK',
  reason: 'Keluarga muda, kepala keluarga berhenti bekerja karena sakit. Iuran BPJS menunggak delapan bulan.',
  family: { address: 'Gang Mangga 7', rt: '06', rw: '03' },
  members: [
    { name: 'Fajar Setiadi', birthDate: '1993-05-19', sex: 'male', relationship: 'head', maritalStatus: 'married' },
    { name: 'Ayu Lestari', birthDate: '1996-09-04', sex: 'female', relationship: 'spouse', maritalStatus: 'married' },
    { name: 'Kenzo', birthDate: '2024-02-11', sex: 'male', relationship: 'child' },
  ],
}

/**
 * Proposals of one village on their way: one in the register, one waiting for somebody to look at the house, one declined by
 * the meeting, one just sent. Told once.
 */
export async function playProposals({ db, secret, cast, now, setClock }: Stage): Promise<void> {
  const told = await db.asSystem('demonstration: are there proposals', (tx) =>
    tx.selectFrom('proposal').select('id').limit(1).executeTakeFirst(),
  )
  if (told) return
  const as = async <T>(username: string, daysAgo: number, work: (tx: Tx, actor: Actor) => Promise<T>): Promise<T> => {
    const at = new Date(now.getTime() - daysAgo * DAY)
    setClock(at)
    const actor = cast(username, at)
    return db.as(actor, (tx) => work(tx, actor))
  }
  const propose = (username: string, daysAgo: number, input: NewProposal) =>
    as(username, daysAgo, (tx, actor) =>
      submitProposal(
        tx,
        { accountId: actor.accountId, role: actor.role, name: actor.name, officeId: actor.officeId, at: actor.at },
        input,
        { door: actor.role === 'pillar' ? 'pillar' : 'officer', secret },
      ),
    )
  const first = await propose('bagas', 40, widow)
  const second = await propose('sari', 39, elder)
  const third = await propose('sari', 38.5, trader)

  const heldOn = new Date(now.getTime() - 34 * DAY).toISOString().slice(0, 10)
  const period = [first, second, third]
    .map((one) => one.period)
    .toSorted()
    .at(-1)
  const meeting = await as('endang', 34, (tx, actor) =>
    proposalActs.openMeeting(tx, actor, {
      regionCode: MARGAHAYU,
      basis: 'meeting',
      heldOn,
      place: 'Aula Kelurahan Margahayu',
      ...(period && { period }),
    }),
  )
  await as('endang', 33.9, async (tx, actor) => {
    for (const [name, capacity] of [
      ['Endang Rahayuningsih', 'Koordinator Puskesos'],
      ['Supriyadi', 'Ketua RW 09'],
      ['Maimunah', 'Ketua PKK'],
      ['Bagas Prakoso', 'Karang Taruna'],
    ] as const)
      await proposalActs.addAttendance(tx, actor, meeting, { name, capacity, signed: true })
    for (const { id } of [first, second])
      await proposalActs.decideItem(tx, actor, meeting, { proposalId: id, decision: 'accepted' })
    await proposalActs.decideItem(tx, actor, meeting, {
      proposalId: third.id,
      decision: 'declined',
      reason: 'Memiliki toko bangunan dan dua kendaraan; menurut peserta musyawarah keluarga ini mampu.',
    })
    // The minutes are left to whoever looks at the demonstration: issuing them closes the meeting's work.
  })
  await as('endang', 33, (tx, actor) =>
    proposalActs.giveFieldCheck(tx, actor, first.id, { checkerId: cast('tono', now).accountId }),
  )
  await as('tono', 31, (tx, actor) =>
    proposalActs.submitFieldCheck(tx, actor, first.id, {
      result: 'as_proposed',
      visitedOn: new Date(now.getTime() - 31.5 * DAY).toISOString().slice(0, 10),
      finding: 'Rumah kontrakan 3 × 4 meter, lantai semen, kamar mandi bersama. Keterangan sesuai usulan.',
    }),
  )
  await as('nurul', 28, (tx, actor) => proposalActs.verifyAtRegency(tx, actor, first.id))
  await as('ratna', 27, (tx, actor) => proposalActs.approveAtRegency(tx, actor, first.id))
  await as('endang', 5, (tx, actor) =>
    proposalActs.giveFieldCheck(tx, actor, second.id, {
      checkerId: cast('bagas', now).accountId,
      note: 'Temui Pak RT dulu.',
    }),
  )
  await propose('bagas', 2, newest)
}
