import { type LinkOptions, linkRows } from './link.ts'
import { addressColumns, addressProfile, addressRow } from './profile-address.ts'
import { type LinkPerson, peopleProfile, personRow } from './profile-people.ts'

/** One record as a file holds it: column → value. */
export type FileRecord = Readonly<Record<string, string>>

export type LinkedRecords = {
  /** positions in the given lists (one list: both in it, left < right); probability that both are one person; weight in bits */
  pairs: { left: number; right: number; probability: number; weight: number }[]
  /** pairs that were compared */
  compared: number
}

/** What columns are called, in the order they are looked for; compared in lower case without anything but letters and digits. */
const columnNames: Readonly<Record<keyof LinkPerson, readonly string[]>> = {
  name: ['nama', 'namalengkap', 'namapm', 'namaart', 'namapenduduk', 'name', 'fullname'],
  nik: ['nik', 'nonik', 'nomornik', 'noktp', 'nikktp'],
  birthDate: ['tanggallahir', 'tgllahir', 'birthdate', 'dateofbirth', 'tgl'],
  birthPlace: ['tempatlahir', 'tmplahir', 'tmptlahir', 'birthplace'],
  sex: ['jeniskelamin', 'jk', 'kelamin', 'lp', 'sex', 'gender'],
  kkNumber: ['nokk', 'nomorkk', 'kk', 'nomorkartukeluarga', 'nokartukeluarga', 'kknumber'],
  motherName: ['namaibu', 'namaibukandung', 'ibukandung', 'ibu', 'namagadisibu', 'namagadisibukandung', 'mothername'],
  address: ['alamat', 'alamatlengkap', 'alamatktp', 'address'],
  rt: ['rt', 'nort'],
  rw: ['rw', 'norw'],
  regionCode: [
    'kodewilayah',
    'kodedesa',
    'kodekelurahan',
    'kodekeldesa',
    'regioncode',
    'kodekemendagri',
    'kelurahan',
    'desa',
    'desakelurahan',
    'keldesa',
    'kelurahandesa',
  ],
}
const plain = (column: string): string => column.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

const months = ['jan', 'feb', 'mar', 'apr', 'mei', 'jun', 'jul', 'agu', 'sep', 'okt', 'nov', 'des']

/** '17/08/1985', '17-8-1985', '17 Agustus 1985', '1985-08-17 00:00', '19850817' → '1985-08-17'; what cannot be read: ''. */
export function readDate(value: string): string {
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0')
  const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(value)
  if (compact) return `${compact[1] ?? ''}-${compact[2] ?? ''}-${compact[3] ?? ''}`
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/.exec(value)
  if (iso) return `${iso[1] ?? ''}-${two(iso[2])}-${two(iso[3])}`
  const usual = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})/.exec(value)
  if (usual) return `${usual[3] ?? ''}-${two(usual[2])}-${two(usual[1])}`
  const spoken = /^(\d{1,2})[-\s]([a-z]{3})[a-z]*[-\s](\d{4})/i.exec(value)
  const month = spoken
    ? months.indexOf(
        (spoken[2] ?? '')
          .toLowerCase()
          .replace('may', 'mei')
          .replace('aug', 'agu')
          .replace('oct', 'okt')
          .replace('dec', 'des'),
      )
    : -1
  return spoken && month >= 0 ? `${spoken[3] ?? ''}-${two(String(month + 1))}-${two(spoken[1])}` : ''
}

const readSex = (value: string): string => {
  const first = value.trim().toLowerCase()
  if (/^(p|f|w|2|perempuan|wanita)/.test(first)) return 'female'
  return /^(l|m|1|laki|pria)/.test(first) ? 'male' : ''
}

function peopleReader(records: readonly FileRecord[]): (record: FileRecord) => LinkPerson {
  const columns = new Map(Object.keys(records[0] ?? {}).map((column) => [plain(column), column]))
  const columnOf = (field: keyof LinkPerson) => columnNames[field].map((name) => columns.get(name)).find(Boolean)
  const at = Object.fromEntries(Object.keys(columnNames).map((field) => [field, columnOf(field as keyof LinkPerson)]))
  const value = (record: FileRecord, field: keyof LinkPerson): string => {
    const column = at[field]
    return column === undefined ? '' : (record[column] ?? '').trim()
  }
  return (record) => ({
    name: value(record, 'name'),
    nik: value(record, 'nik'),
    birthDate: readDate(value(record, 'birthDate')),
    birthPlace: value(record, 'birthPlace'),
    sex: readSex(value(record, 'sex')),
    kkNumber: value(record, 'kkNumber'),
    motherName: value(record, 'motherName'),
    address: value(record, 'address'),
    rt: value(record, 'rt'),
    rw: value(record, 'rw'),
    regionCode: value(record, 'regionCode').toLowerCase(),
  })
}

const hasColumn = (records: readonly FileRecord[], names: readonly string[]): boolean =>
  Object.keys(records[0] ?? {}).some((column) => names.includes(plain(column)))

/**
 * Finds the same people in one list, or in two. Records with the columns of FEBRL (given_name, surname, address_1 …) are compared as
 * names with a postal address, all others as people of Indonesia (nama, nik, tanggal_lahir, no_kk, nama_ibu …). Columns that are missing
 * or empty say nothing. An identity number soc_sec_id is never looked at. Two lists are taken to have no duplicates of their own unless `oneToOne` is false.
 */
export function linkRecords(
  first: readonly FileRecord[],
  second?: readonly FileRecord[],
  options: LinkOptions = {},
): LinkedRecords {
  const all = [first, second ?? []].find((list) => list.length > 0) ?? []
  const isAddress = hasColumn(all, addressColumns.filter((name) => name.includes('name')).map(plain))
  const profile = isAddress ? addressProfile : peopleProfile
  const rowsOf = (records: readonly FileRecord[]) => {
    if (isAddress) return records.map(addressRow)
    const read = peopleReader(records)
    return records.map((record) => personRow(read(record)))
  }
  const { pairs, compared } = linkRows(profile, rowsOf(first), second && rowsOf(second), options)
  return { pairs, compared }
}

export type Quality = { truth: number; found: number; right: number; precision: number; recall: number; f1: number }

/** How well pairs agree with the truth; two records with one entity are one person. */
export function qualityOf(
  pairs: readonly { left: number; right: number }[],
  first: readonly string[],
  second?: readonly string[],
): Quality {
  const counts = new Map<string, number>()
  let truth = 0
  if (second) {
    for (const entity of second) counts.set(entity, (counts.get(entity) ?? 0) + 1)
    for (const entity of first) truth += counts.get(entity) ?? 0
  } else {
    for (const entity of first) {
      truth += counts.get(entity) ?? 0
      counts.set(entity, (counts.get(entity) ?? 0) + 1)
    }
  }
  const right = pairs.filter((pair) => first[pair.left] === (second ?? first)[pair.right]).length
  const precision = pairs.length === 0 ? 1 : right / pairs.length
  const recall = truth === 0 ? 1 : right / truth
  return {
    truth,
    found: pairs.length,
    right,
    precision,
    recall,
    f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  }
}

/** The entity of a FEBRL record: 'rec-12-dup-0' and 'rec-12-org' are both '12'; undefined where the id does not say. */
export const entityOf = (recId: string | undefined): string | undefined =>
  /^rec-(\d+)-(?:org|dup)/.exec(recId ?? '')?.[1]
