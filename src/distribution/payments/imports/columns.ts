/** What a column of a file of accounts can be. */
export const columns = ['nik', 'kk', 'bank', 'number', 'holder', 'since'] as const
export type Column = (typeof columns)[number]
export type Places = Partial<Record<Column, number>>

const plain = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '')

/* Names as banks and offices write them; compared without spaces, signs and case. The first one of each is that of the sample. */
const names: Readonly<Record<Column, readonly string[]>> = {
  nik: ['nik', 'no nik', 'nomor nik', 'no ktp', 'nomor induk kependudukan', 'nik kpm', 'nik penerima', 'nik pengurus'],
  kk: ['no kk', 'nomor kk', 'kk', 'nomor kartu keluarga', 'no kartu keluarga'],
  bank: ['bank', 'nama bank', 'bank penyalur', 'nama bank penyalur'],
  number: ['no rekening', 'nomor rekening', 'rekening', 'norek', 'no rek', 'nomor rek', 'account number'],
  holder: ['atas nama', 'nama rekening', 'nama pemilik rekening', 'nama pemilik', 'nama di rekening', 'pemilik', 'nama penerima', 'nama kpm', 'nama', 'nama pengurus'], // prettier-ignore
  since: ['dipakai sejak', 'sejak', 'tanggal buka', 'tanggal', 'tgl buka rekening', 'tanggal buka rekening'],
}

/** Which column is what; of two that could be the same the better name. Unknown columns are left out. */
export function placesOf(headers: readonly string[]): Places {
  const said = headers.map(plain)
  const places: Places = {}
  for (const column of columns) {
    const at = names[column].map((name) => said.indexOf(plain(name))).find((place) => place >= 0)
    if (at !== undefined) places[column] = at
  }
  return places
}

/** Columns without which nobody can be paid: whose (NIK or KK), bank, number, holder. */
export const lacking = (places: Places): ('family' | 'bank' | 'number' | 'holder')[] => [
  ...(places.nik === undefined && places.kk === undefined ? (['family'] as const) : []),
  ...(['bank', 'number', 'holder'] as const).filter((column) => places[column] === undefined),
]

/** The header of the sample file. */
export const sampleHeader = columns.map((column) => names[column][0]?.replaceAll(' ', '_') ?? column)
