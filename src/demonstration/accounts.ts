import { v7 as uuidv7 } from 'uuid'
import type { Actor, Db, Role } from '#src/platform/db/index.ts'
import { getAccessRule, hashPassword } from '#src/access/index.ts'

/** One password for all demonstration accounts: they exist only where everybody may look. */
export const DEMONSTRATION_PASSWORD = 'coba-pilar-2026'

export type DemonstrationPerson = {
  username: string
  name: string
  role: Role
  regionCode: string
  agency?: string
  pillarKind?: string
  /** What the table at the start says, in Indonesian. */
  what: string
}

const MARGAHAYU = '32.75.01.1002'
const JAKASETIA = '32.75.04.1004'
const TEGALGEDE = '33.13.09.1003'

/** Invented people for Kota Bekasi and two of its kelurahan, Kabupaten Karanganyar, Provinsi Banten, the ministry, an auditor. */
export const people: DemonstrationPerson[] = [
  {
    username: 'bagas',
    name: 'Bagas Prakoso',
    role: 'pillar',
    pillarKind: 'karang_taruna',
    regionCode: MARGAHAYU,
    what: 'Karang Taruna Kelurahan Margahayu',
  },
  {
    username: 'lastri',
    name: 'Lastri',
    role: 'pillar',
    pillarKind: 'psm',
    regionCode: JAKASETIA,
    what: 'PSM Kelurahan Jakasetia',
  },
  {
    username: 'sari',
    name: 'Sari Wulandari',
    role: 'officer',
    regionCode: MARGAHAYU,
    what: 'Petugas Puskesos Margahayu (front office)',
  },
  {
    username: 'tono',
    name: 'Tono Hartadi',
    role: 'officer',
    regionCode: MARGAHAYU,
    what: 'Petugas Puskesos Margahayu (back office)',
  },
  {
    username: 'endang',
    name: 'Endang Rahayuningsih',
    role: 'supervisor',
    regionCode: MARGAHAYU,
    what: 'Koordinator Puskesos Margahayu',
  },
  {
    username: 'yusuf',
    name: 'Yusuf Maulana',
    role: 'officer',
    regionCode: JAKASETIA,
    what: 'Petugas Puskesos Jakasetia',
  },
  {
    username: 'wulan',
    name: 'Wulan Permatasari',
    role: 'officer',
    regionCode: '32.75.01',
    what: 'TKSK Kecamatan Bekasi Timur',
  },
  {
    username: 'dimas',
    name: 'Dimas Ardiansyah',
    role: 'officer',
    regionCode: '32.75',
    what: 'Petugas SLRT Kota Bekasi',
  },
  {
    username: 'nurul',
    name: 'Nurul Hidayati',
    role: 'officer',
    regionCode: '32.75',
    what: 'Petugas Dinas Sosial Kota Bekasi',
  },
  {
    username: 'ratna',
    name: 'Ratna Kusumaningtyas',
    role: 'supervisor',
    regionCode: '32.75',
    what: 'Manajer SLRT Kota Bekasi',
  },
  {
    username: 'hendra',
    name: 'Hendra Gunawan',
    role: 'officer',
    agency: 'health',
    regionCode: '32.75',
    what: 'Dinas Kesehatan Kota Bekasi',
  },
  {
    username: 'admin.bekasi',
    name: 'Fitri Anggraini',
    role: 'administrator',
    regionCode: '32.75',
    what: 'Administrator Kota Bekasi',
  },
  {
    username: 'joko',
    name: 'Joko Susanto',
    role: 'officer',
    regionCode: TEGALGEDE,
    what: 'Petugas Puskesos Tegalgede, Karanganyar',
  },
  {
    username: 'murni',
    name: 'Sri Murniati',
    role: 'officer',
    regionCode: '33.13',
    what: 'Petugas Dinas Sosial Karanganyar',
  },
  {
    username: 'agus',
    name: 'Agus Widodo',
    role: 'supervisor',
    regionCode: '33.13',
    what: 'Manajer SLRT Kabupaten Karanganyar',
  },
  {
    username: 'admin.karanganyar',
    name: 'Retno Dwi Astuti',
    role: 'administrator',
    regionCode: '33.13',
    what: 'Administrator Kabupaten Karanganyar',
  },
  {
    username: 'tubagus',
    name: 'Tubagus Ardi',
    role: 'officer',
    regionCode: '36',
    what: 'Petugas Dinas Sosial Provinsi Banten',
  },
  {
    username: 'siti',
    name: 'Siti Hodijah',
    role: 'supervisor',
    regionCode: '36',
    what: 'Pimpinan Dinas Sosial Provinsi Banten',
  },
  {
    username: 'maria',
    name: 'Maria Lumbantobing',
    role: 'officer',
    regionCode: '00',
    what: 'Petugas Kementerian Sosial',
  },
  {
    username: 'darmawan',
    name: 'Darmawan',
    role: 'supervisor',
    regionCode: '00',
    what: 'Pimpinan di Kementerian Sosial',
  },
  {
    username: 'kartika',
    name: 'Kartika Sihombing',
    role: 'supervisor',
    regionCode: '00',
    what: 'Pimpinan kedua di Kementerian Sosial',
  },
  { username: 'auditor', name: 'Putu Ayu Laksmi', role: 'auditor', regionCode: '00', what: 'Auditor' },
  {
    username: 'admin',
    name: 'Rizky Ramadhan',
    role: 'administrator',
    regionCode: '00',
    what: 'Administrator nasional',
  },
]

export type Cast = Map<string, Omit<Actor, 'at'>>

/** Makes the accounts that are not there yet and answers everybody as an actor, by user name. */
export async function makeCast(db: Db, at: Date): Promise<Cast> {
  return db.asSystem('demonstration: accounts', async (tx) => {
    const hash = await hashPassword(DEMONSTRATION_PASSWORD, await getAccessRule(tx, at))
    const cast: Cast = new Map()
    for (const person of people) {
      const officeId =
        person.role === 'officer' || person.role === 'supervisor'
          ? `${person.regionCode}/${person.agency ?? 'social'}`
          : null
      const there = await tx
        .selectFrom('account')
        .select('id')
        .where('username', '=', person.username)
        .executeTakeFirst()
      const accountId = there?.id ?? uuidv7()
      const held =
        there && (await tx.selectFrom('assignment').select('id').where('account_id', '=', accountId).executeTakeFirst())
      const assignmentId = held?.id ?? uuidv7()
      if (!there)
        await tx
          .insertInto('account')
          .values({
            id: accountId,
            username: person.username,
            name: person.name,
            home_region_code: person.regionCode,
            password_hash: hash,
            password_changed_at: at,
            demonstration: true,
            created_at: at,
          })
          .execute()
      if (!held)
        await tx
          .insertInto('assignment')
          .values({
            id: assignmentId,
            account_id: accountId,
            role: person.role,
            region_code: person.regionCode,
            office_id: officeId,
            pillar_kind: person.pillarKind ?? null,
            valid_from: at.toISOString().slice(0, 10),
            created_at: at,
          })
          .execute()
      cast.set(person.username, {
        accountId,
        name: person.name,
        assignmentId,
        role: person.role,
        regionCode: person.regionCode,
        officeId,
        pillarKind: person.pillarKind ?? null,
      })
    }
    return cast
  })
}
