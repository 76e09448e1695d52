import { checkNik } from '../identity.ts'
import type { Field, Mapping } from './columns.ts'
import { type DateOrder, readDay, readPeriod } from './dates.ts'
import { isNothing, readKey, readSixteen, readWhole } from './digits.ts'
import { type Row, shownCell } from './file/row.ts'
import type { Places } from './places.ts'
import type { Reason, Remark } from './remarks.ts'
import type { Told, ToldPerson } from './told.ts'
import {
  readAlive,
  readDisabilities,
  readFlag,
  readMarital,
  readRelationship,
  readSchooling,
  readSex,
} from './words.ts'

export type Reading = {
  mapping: Mapping
  headers: readonly string[]
  /** columns of NIK, KK whose sixteenth digits a spreadsheet turned into 0 */
  lostColumns: readonly number[]
  dateOrder: DateOrder
  /** nobody is born after it */
  today: string
  places: Places
}

type Programme = { code: string; flag: number; period: number }

/** Makes a reader of rows; each call answers what the row says, or null where it failed, and adds its remarks. */
export function rowReader(reading: Reading): (row: Row, remarks: Remark[]) => Told | null {
  const columns: Partial<Record<Field, number>> = {}
  const programmes = new Map<string, Programme>()
  for (const [at, target] of Object.entries(reading.mapping)) {
    const [kind, code] = target.split(':')
    if (code === undefined) columns[target as Field] = Number(at)
    else {
      const programme = programmes.get(code) ?? { code, flag: -1, period: -1 }
      programme[kind === 'period' ? 'period' : 'flag'] = Number(at)
      programmes.set(code, programme)
    }
  }
  const at = (field: Field): number => columns[field] ?? -1
  const place = (['villageCode', 'province', 'regency', 'district', 'village'] as const).map(at)
  const c = {
    nik: at('nik'),
    kk: at('kk'),
    familyKey: at('familyKey'),
    personKey: at('personKey'),
    name: at('name'),
    headName: at('headName'),
    birthDate: at('birthDate'),
    birthPlace: at('birthPlace'),
    sex: at('sex'),
    relationship: at('relationship'),
    maritalStatus: at('maritalStatus'),
    motherName: at('motherName'),
    work: at('work'),
    schooling: at('schooling'),
    address: at('address'),
    rt: at('rt'),
    rw: at('rw'),
    decile: at('decile'),
    disability: at('disability'),
    pregnant: at('pregnant'),
    alive: at('alive'),
  }
  const nikLost = reading.lostColumns.includes(c.nik)
  const kkLost = reading.lostColumns.includes(c.kk)
  const yesMeansDead = /meninggal/i.test(reading.headers[c.alive] ?? '')
  const payeeFile = /pengurus/i.test(reading.headers[c.name] ?? '')

  return (row, remarks) => {
    const { cells } = row
    let failed = false
    const warn = (reason: Reason, column: number) => void remarks.push([row.at, reason, column])
    const fail = (reason: Reason, column: number) => {
      failed = true
      remarks.push([row.at, reason, column])
    }
    const text = (column: number): string => (column < 0 ? '' : shownCell(cells[column] ?? ''))
    const some = (column: number, most: number): string | null => {
      const said = text(column)
      if (said === '' || (said.length < 12 && isNothing(said))) return null
      if (said.length <= most) return said
      warn('text_cut', column)
      return said.slice(0, most).toWellFormed().trim()
    }
    const word = <Value>(
      column: number,
      read: (said: string) => Value | null | undefined,
      reason: Reason,
    ): Value | null => {
      if (column < 0) return null
      const said = text(column)
      if (said === '' || said === '-') return null
      const value = read(said)
      if (value === null) warn(reason, column)
      return value ?? null
    }

    const nik = sixteen(cells, c.nik, nikLost)
    if (nik && 'fault' in nik) fail(nik.fault === 'lost' ? 'nik_lost' : 'nik_length', c.nik)
    const kk = sixteen(cells, c.kk, kkLost)
    if (kk && 'fault' in kk) fail(kk.fault === 'lost' ? 'kk_lost' : 'kk_length', c.kk)
    const family = c.familyKey < 0 ? null : readKey(cells[c.familyKey] ?? '')
    if (family && 'fault' in family) fail(family.fault === 'lost' ? 'key_lost' : 'key_length', c.familyKey)
    const semesta = c.personKey < 0 ? null : readKey(cells[c.personKey] ?? '')
    if (semesta && 'fault' in semesta) fail(semesta.fault === 'lost' ? 'key_lost' : 'key_length', c.personKey)
    if (!kk && !family) fail('family_missing', c.kk < 0 ? c.familyKey : c.kk)

    const headName = some(c.headName, 120)
    const ownName = some(c.name, 120)
    const name = ownName ?? headName
    if (name === null) fail('name_missing', c.name < 0 ? c.headName : c.name)
    else if (!/\p{L}/u.test(name) || name.includes('\ufffd')) fail('name_unreadable', c.name < 0 ? c.headName : c.name)

    const where = reading.places({
      code: text(place[0] ?? -1),
      province: text(place[1] ?? -1),
      regency: text(place[2] ?? -1),
      district: text(place[3] ?? -1),
      village: text(place[4] ?? -1),
    })
    if ('fault' in where) fail(`place_${where.fault}`, (place[0] ?? -1) >= 0 ? (place[0] ?? -1) : (place[4] ?? -1))

    let birthDate: string | null = null
    if (c.birthDate >= 0) {
      const cell = cells[c.birthDate] ?? ''
      if (cell !== '' && !isNothing(shownCell(cell))) {
        const day = readDay(cell, reading.dateOrder, reading.today)
        if ('fault' in day) fail(`birth_${day.fault}`, c.birthDate)
        else birthDate = day.day
      }
    }
    let decile: number | null = null
    const decileText = text(c.decile)
    if (decileText !== '' && !isNothing(decileText)) {
      decile = readWhole(decileText)
      if (decile === null || decile < 1 || decile > 10) fail('decile_unclear', c.decile)
    }
    if (failed || name === null || 'fault' in where) return null

    const digits = nik && 'digits' in nik ? nik.digits : null
    const sex = word(c.sex, readSex, 'sex_unclear')
    if (!digits) {
      if (c.nik >= 0) warn('nik_missing', c.nik)
    } else for (const doubt of checkNik(digits, { birthDate, sex })) warn(doubt, c.nik)

    let relationship = word(c.relationship, readRelationship, 'relationship_unclear')
    // A line that names only the head is the head's; of two names, the one that is the head's.
    if (relationship === null && c.relationship < 0 && headName !== null && sameName(name, headName))
      relationship = 'head'

    const disability = word(c.disability, readDisabilities, 'disability_unclear')
    const alive = c.alive < 0 ? null : word(c.alive, (said) => readAlive(said, yesMeansDead), 'alive_unclear')
    const receives: Told['receives'][number][] = []
    for (const { code, flag, period } of programmes.values()) {
      const saidFlag = text(flag)
      const saidPeriod = period < 0 ? '' : text(period)
      const noPeriod = saidPeriod === '' || isNothing(saidPeriod)
      if (saidFlag === '' && (flag >= 0 || noPeriod)) continue
      const gets = flag < 0 || saidFlag.toUpperCase().includes(code) ? true : readFlag(saidFlag)
      if (gets === null) warn('flag_unclear', flag)
      if (!gets) continue
      if (noPeriod) receives.push({ code, from: null, to: null })
      else {
        const when = readPeriod(cells[period] ?? '')
        if (!when || when.from > reading.today) warn('period_unclear', period)
        else receives.push({ code, ...when })
      }
    }
    const person: ToldPerson = {
      key: semesta && 'key' in semesta ? `semesta:${semesta.key}` : null,
      nik: digits,
      name,
      birthDate,
      birthPlace: some(c.birthPlace, 80),
      sex,
      relationship,
      motherName: some(c.motherName, 120),
      maritalStatus: word(c.maritalStatus, readMarital, 'marital_unclear'),
      schooling: word(c.schooling, readSchooling, 'schooling_unclear'),
      work: some(c.work, 80),
      alive,
      disabilities: disability,
      pregnant: word(c.pregnant, readFlag, 'pregnant_unclear'),
      payee: payeeFile && ownName !== null,
    }
    return {
      at: row.at,
      familyKey: family && 'key' in family ? `keluarga:${family.key}` : `kk:${kk && 'digits' in kk ? kk.digits : ''}`,
      kk: kk && 'digits' in kk ? kk.digits : null,
      regionCode: where.code,
      address: some(c.address, 300),
      rt: neighbourhood(text(c.rt), c.rt, warn),
      rw: neighbourhood(text(c.rw), c.rw, warn),
      decile,
      person,
      receives,
    }
  }
}

const sixteen = (cells: readonly string[], column: number, lost: boolean) =>
  column < 0 ? null : readSixteen(cells[column] ?? '', lost)

/** RT and RW have three digits: '1', '01' and 'RT 001' are '001'. */
function neighbourhood(said: string, column: number, warn: (reason: Reason, column: number) => void): string | null {
  if (said === '' || isNothing(said)) return null
  const number = readWhole(said)
  if (number !== null && number < 1000) return String(number).padStart(3, '0')
  warn('rt_unclear', column)
  return null
}

const sameName = (one: string, other: string) => one === other || one.toUpperCase() === other.toUpperCase()

/** The key a row's family is known by, read the same way; null where the row will fail for it. */
export function familyKeyReader(reading: Pick<Reading, 'mapping' | 'lostColumns'>): (row: Row) => string | null {
  let kkAt = -1
  let keyAt = -1
  for (const [at, target] of Object.entries(reading.mapping))
    if (target === 'kk') kkAt = Number(at)
    else if (target === 'familyKey') keyAt = Number(at)
  const lost = reading.lostColumns.includes(kkAt)
  return ({ cells }) => {
    const key = keyAt < 0 ? null : readKey(cells[keyAt] ?? '')
    if (key) return 'key' in key ? `keluarga:${key.key}` : null
    const kk = kkAt < 0 ? null : readSixteen(cells[kkAt] ?? '', lost)
    return kk && 'digits' in kk ? `kk:${kk.digits}` : null
  }
}
