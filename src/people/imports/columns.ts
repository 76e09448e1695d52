/** What a column of a file can be. Programmes come besides: 'assistance:PKH' (receives it) and 'period:PKH' (when). */
export const fields = [
  'nik',
  'kk',
  'familyKey',
  'personKey',
  'name',
  'headName',
  'birthDate',
  'birthPlace',
  'sex',
  'relationship',
  'maritalStatus',
  'motherName',
  'work',
  'schooling',
  'address',
  'rt',
  'rw',
  'villageCode',
  'province',
  'regency',
  'district',
  'village',
  'decile',
  'disability',
  'pregnant',
  'alive',
] as const
export type Field = (typeof fields)[number]
export type Target = Field | `assistance:${string}` | `period:${string}`

/** Column number (from 0) → what it is. */
export type Mapping = Readonly<Record<string, Target>>

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '')

/*
 * Names of columns as they are met: data_dtks, data_dtsen, data_dtsen_anggota_keluarga and the BPNT list (domain facts 1.6),
 * and what offices write by hand. Compared without spaces, signs and case.
 */
const known: Readonly<Record<Field, string>> = {
  nik: 'nik, no nik, nomor nik, nomor induk kependudukan, no ktp, nomor ktp, nik pengurus, nik anggota, nik kepala keluarga, nik art, no induk kependudukan, nik kpm',
  kk: 'no kk, nokk, nomor kk, kk, nomor kartu keluarga, no kartu keluarga, kartu keluarga',
  familyKey: 'id keluarga, id bdt kpm, id dtks keluarga, id kpm, id dtsen, id dtks',
  personKey: 'idsemesta, id semesta, id pengurus, id anggota, id art, id individu',
  name: 'nama, nama lengkap, nama anggota, nama anggota keluarga, nama pengurus, nama pengurus kpm, nama kpm, nama penerima, nama art, nama penduduk, nama warga',
  headName: 'nama kepala keluarga, kepala keluarga, nama kk, nama krt, nama kepala rumah tangga',
  birthDate: 'tanggal lahir, tgl lahir, tgllahir, tanggal kelahiran, tgl kelahiran, birth date',
  birthPlace: 'tempat lahir, tmp lahir, tmpt lahir, kota lahir',
  sex: 'jenis kelamin, jk, kelamin, l p, lp, gender, jns kelamin, sex',
  relationship:
    'hub kepala keluarga, hubungan dengan kepala keluarga, hubungan keluarga, shdk, status hubungan, hubungan, hubkeluarga, hub keluarga, status dalam keluarga, hub krt, status hubungan dalam keluarga, hubungan dalam keluarga',
  maritalStatus: 'status kawin, status perkawinan, status pernikahan, stat kawin, kawin',
  motherName: 'nama gadis ibu kandung, nama ibu kandung, ibu kandung, nama ibu, nama gadis ibu',
  work: 'pekerjaan, pekerjaan utama, jenis pekerjaan, status pekerjaan',
  schooling: 'partisipasi sekolah, status sekolah, bersekolah',
  address: 'alamat, alamat lengkap, alamat rumah, alamat tempat tinggal, alamat domisili, alamat jalan, jalan, dusun',
  rt: 'rt, no rt, nomor rt, alamat rt',
  rw: 'rw, no rw, nomor rw, alamat rw',
  villageCode:
    'kode wilayah, id wilayah, id desa, kode desa, kode kelurahan, kode desa kelurahan, kode kemendagri, kd desa, kode desa kel, kdwilayah, kode wil',
  province: 'provinsi, prov, propinsi, nama provinsi, nmprov',
  regency:
    'kabupaten, kab kota, kabupaten kota, kabupatenkota, kabkota, nama kabupaten, kota, kab, nmkab, nama kabupaten kota',
  district: 'kecamatan, kec, nama kecamatan, distrik, nmkec',
  village:
    'desa kelurahan, kelurahan, desa, kel desa, kelurahan desa, nama desa, nama kelurahan, desa kel, nmdesa, nama desa kelurahan',
  decile: 'desil, desil nasional, desil dtsen, desil kesejahteraan, decile, peringkat desil',
  disability:
    'keterangan disabilitas, disabilitas, jenis disabilitas, jenis cacat, penyandang disabilitas, ragam disabilitas',
  pregnant: 'isaktifhamil, hamil, status kehamilan, sedang hamil, status hamil, ibu hamil',
  alive: 'masih hidup label, masih hidup, status hidup, keterangan meninggal, meninggal, status meninggal',
}
/** Columns named after a programme. BLT alone may be of two programmes: people say which. */
const programmes: Readonly<Record<string, string>> = {
  ATENSI: 'atensi',
  BLT_BBM: 'blt bbm',
  BLT_DESA: 'blt desa, blt dana desa, blt dd',
  SEMBAKO:
    'bpnt, sembako, sembako bpnt, bpnt sembako, status kepesertaan bpnt, status bpnt, bnpt ppkm, program sembako',
  BST: 'bst',
  PBI_JK: 'pbi, pbi jk, pbi jkn, kis pbi, bpjs pbi',
  PENA: 'pena',
  PERMAKANAN: 'permakanan',
  PKH: 'pkh, status pkh, program keluarga harapan',
  RUTILAHU: 'rutilahu, rtlh',
  YAPI: 'yapi',
  KIP: 'kip, pip, kartu indonesia pintar',
  UEP_KUBE: 'uep kube, kube, uep',
}

const table = new Map<string, Target>()
for (const [target, names] of Object.entries(known))
  for (const name of names.split(',')) table.set(plain(name), target as Field)
for (const [code, names] of Object.entries(programmes))
  for (const name of names.split(',')) {
    table.set(plain(name), `assistance:${code}`)
    table.set(plain(`penerima ${name}`), `assistance:${code}`)
    table.set(plain(`periode ${name}`), `period:${code}`)
  }

/** What a header of this name is, null where nothing is known of it. Units and remarks in brackets do not count. */
export const recognise = (header: string): Target | null =>
  table.get(plain(header)) ?? table.get(plain(header.replace(/\([^)]*\)/g, ''))) ?? null

/** A first mapping of these headers; of two columns that are the same thing the first counts. */
export function proposeMapping(headers: readonly string[]): Mapping {
  const mapping: Record<string, Target> = {}
  const taken = new Set<Target>()
  for (const [at, header] of headers.entries()) {
    // 'Alamat RT' is an RT: what a header says as a whole comes first, else its last words under merged cells.
    const target = recognise(header) ?? recognise(header.split(' ').slice(1).join(' '))
    if (!target || taken.has(target)) continue
    taken.add(target)
    mapping[String(at)] = target
  }
  return mapping
}

/** What a mapping lacks to make families and people of rows. */
export function lacking(mapping: Mapping): ('name' | 'family' | 'place')[] {
  const has = new Set(Object.values(mapping))
  const missing: ('name' | 'family' | 'place')[] = []
  if (!has.has('name') && !has.has('headName')) missing.push('name')
  if (!has.has('kk') && !has.has('familyKey')) missing.push('family')
  if (!has.has('villageCode') && !has.has('village')) missing.push('place')
  return missing
}

/** The name our programmes' columns take in lists for choosing. */
export const programmeOf = (target: Target): string | null => {
  const [kind, code] = target.split(':')
  return code !== undefined && (kind === 'assistance' || kind === 'period') ? code : null
}
