import type { PersonState, SealedState } from '../register/change.ts'

/*
 * Words and codes of answers as files carry them. `undefined`: nothing said; null: said, but not understood.
 */

const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9√]+/g, ' ')
    .trim()

/** Answers repeat by the hundred thousand: each is understood once. */
function remembered<Value>(understand: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const there = known.get(text)
    if (there !== undefined || known.has(text)) return there as Value
    const value = understand(bare(text))
    if (known.size < 5000) known.set(text, value)
    return value
  }
}

const lookup = <Value>(words: Readonly<Record<string, Value>>): ((text: string) => Value | null | undefined) => {
  const table = new Map<string, Value>()
  for (const [list, value] of Object.entries(words)) for (const word of list.split(',')) table.set(word.trim(), value)
  return remembered((text) => (text === '' ? undefined : (table.get(text) ?? null)))
}
const by = <Value>(pairs: readonly (readonly [string, Value])[]) => lookup(Object.fromEntries(pairs))

export const readSex = by<NonNullable<PersonState['sex']>>([
  ['l, lk, laki, laki laki, lelaki, pria, male, m, 1', 'male'],
  ['p, pr, perempuan, wanita, female, f, 2', 'female'],
])

/** Codes 1 to 3 mean the same in all the lists we know; from 4 on they differ, so they are not understood. */
export const readRelationship = by<NonNullable<PersonState['relationship']>>([
  ['kepala keluarga, kepala, kk, krt, kepala rumah tangga, 1, 01', 'head'],
  ['istri, suami, istri suami, suami istri, isteri, pasangan, 2, 02', 'spouse'],
  ['anak, anak kandung, anak tiri, anak angkat, 3, 03', 'child'],
  ['menantu', 'child_in_law'],
  ['cucu', 'grandchild'],
  ['orang tua, orangtua, ayah, ibu, bapak', 'parent'],
  ['mertua', 'parent_in_law'],
  ['famili lain, family lain, famili, saudara, kakak, adik, keponakan, keluarga lain', 'other_relative'],
  ['lainnya, lain lain, lain, pembantu, pembantu sopir, sopir', 'other'],
])

export const readMarital = by<NonNullable<PersonState['maritalStatus']>>([
  ['belum kawin, belum menikah, lajang, tidak kawin, single, 1', 'single'],
  ['kawin, menikah, nikah, kawin nikah, kawin tercatat, kawin belum tercatat, sudah menikah, 2', 'married'],
  ['cerai hidup, cerai, 3', 'divorced'],
  ['cerai mati, janda, duda, janda duda, 4', 'widowed'],
])

export const readSchooling = by<NonNullable<PersonState['schooling']>>([
  [
    'tidak sekolah, belum sekolah, tidak belum pernah sekolah, tidak pernah sekolah, belum pernah sekolah, tidak belum sekolah',
    'none',
  ],
  ['masih sekolah, sekolah, bersekolah, masih bersekolah, ya, aktif', 'attending'],
  ['lulus, tamat, sudah tamat, sudah lulus', 'finished'],
  ['putus sekolah, berhenti, tidak tamat', 'left'],
])

/** Yes or no, of a programme or a state. */
export const readFlag = by<boolean>([
  ['ya, y, yes, 1, true, aktif, penerima, menerima, sudah, ada, v, √, terdaftar, peserta, kpm, pernah', true],
  [
    'tidak, tdk, t, n, no, 0, false, bukan, nonaktif, non aktif, tidak aktif, belum, bukan penerima, tidak ada, nihil, tidak menerima',
    false,
  ],
])

/** Whether somebody lives. `yesMeansDead`: of a column named after dying. */
export const readAlive = (text: string, yesMeansDead: boolean): boolean | null | undefined => {
  const said = bare(text)
  if (said === '') return undefined
  if (/\b(belum|tidak) meninggal\b|^hidup|masih hidup/.test(said)) return true
  if (/meninggal|^mati$|wafat|almarhum|^alm$/.test(said)) return false
  const flag = readFlag(text)
  return typeof flag === 'boolean' ? flag !== yesMeansDead : null
}

type Disability = SealedState['disabilities'][number]
const disabilities: readonly (readonly [RegExp, Disability])[] = [
  [/fisik|daksa|lumpuh/, 'physical'],
  [/intelektual|grahita|down|lambat belajar/, 'intellectual'],
  [/mental|jiwa|odgj|psikososial/, 'mental'],
  [/netra|penglihatan|buta|sensorik netra/, 'visual'],
  [/rungu|pendengaran|tuli/, 'hearing'],
  [/wicara|bicara|bisu/, 'speech'],
]

/** Kinds of disability named in a text, in the order of our list; an empty list: none. */
export const readDisabilities = remembered((said: string): Disability[] | null | undefined => {
  if (said === '') return undefined
  const found = disabilities.filter(([pattern]) => pattern.test(said)).map(([, kind]) => kind)
  if (found.length > 0) return found
  return /^(tidak|tdk|non|bukan|0|normal|sehat|nihil)\b/.test(said) ? [] : null
})
