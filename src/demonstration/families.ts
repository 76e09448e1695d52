import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { familyNames, givenNames, jobs, streets } from './family-words.ts'

export type Invention = {
  families: number
  /** codes of the villages they live in, taken in turn: '32.75.01.1002' */
  villages: readonly string[]
  seed?: number
  /** the year ages are counted to */
  year?: number
}

export const familyHeaders = [
  'id_keluarga',
  'no_kk',
  'nik',
  'nama',
  'hub_kepala_keluarga',
  'jenis_kelamin',
  'tempat_lahir',
  'tanggal_lahir',
  'status_kawin',
  'nama_gadis_ibu_kandung',
  'pekerjaan_utama',
  'alamat',
  'rt',
  'rw',
  'id_wilayah',
  'desil_nasional',
  'keterangan_disabilitas',
  'isAktifHamil',
  'PKH',
  'periode_PKH',
  'BPNT',
  'periode_BPNT',
  'PBI',
] as const

/** Mulberry32: the same families every time. */
function dice(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Sex = 'L' | 'P'
type Member = { name: string; role: string; sex: Sex; born: string; state: string; work: string }

/**
 * Invented families as a CSV of the kind SIKS hands out, a line for each member, in pieces of some hundred lines. Poor families
 * are more often young and large; numbers have the form of real ones with a serial of 9000 and more, which is never issued.
 */
export function* inventFamilies({ families, villages, seed = 32, year = 2026 }: Invention): Generator<string> {
  const roll = dice(seed)
  const below = (most: number) => Math.floor(roll() * most)
  const pick = <One>(list: readonly One[]): One => {
    const one = list[below(list.length)]
    if (one === undefined) throw new Error('nothing to choose from')
    return one
  }
  const used = new Set<string>()
  const two = (number: number) => String(number).padStart(2, '0')
  const birth = (age: number) => `${two(1 + below(28))}/${two(1 + below(12))}/${year - Math.max(1, age)}`
  const nik = (village: string, sex: Sex, born: string): string => {
    const [day = '01', month = '01', full = '1980'] = born.split('/')
    const coded = two(Number(day) + (sex === 'P' ? 40 : 0))
    for (let serial = 9000 + below(1000); ; serial = serial === 9999 ? 9000 : serial + 1) {
      const number = `${village.replaceAll('.', '').slice(0, 6)}${coded}${month}${full.slice(2)}${serial}`
      if (used.has(number)) continue
      used.add(number)
      return number
    }
  }
  const name = (sex: Sex) => {
    const first = pick(givenNames[sex])
    const luck = roll()
    if (luck < 0.12) return first
    return luck < 0.75 ? `${first} ${pick(familyNames)}` : `${first} ${pick(givenNames[sex])} ${pick(familyNames)}`
  }

  let chunk = `${familyHeaders.join(';')}\r\n`
  for (let n = 1; n <= families; n++) {
    const village = villages[n % villages.length] ?? ''
    const decile = 1 + Math.floor(roll() ** 1.4 * 10)
    const kind = roll()
    const headAge = kind < 0.12 ? 66 + below(22) : 24 + below(38)
    const headSex: Sex = kind >= 0.12 && kind < 0.24 ? 'P' : 'L'
    const alone = headSex === 'P' || kind < 0.04
    const members: Member[] = [
      {
        name: name(headSex),
        role: 'Kepala Keluarga',
        sex: headSex,
        born: birth(headAge),
        state: alone ? 'Cerai Mati' : 'Kawin',
        work: pick(jobs),
      },
    ]
    if (!alone)
      members.push({
        name: name('P'),
        role: 'Istri',
        sex: 'P',
        born: birth(Math.max(19, headAge - 1 - below(6))),
        state: 'Kawin',
        work: roll() < 0.6 ? 'Mengurus rumah tangga' : pick(jobs),
      })
    const most = decile <= 3 ? 5 : 4
    const children = headAge > 62 ? 0 : Math.min(headAge - 20, below(most))
    for (let child = 0; child < children; child++) {
      const sex: Sex = roll() < 0.5 ? 'L' : 'P'
      const age = Math.max(1, Math.min(headAge - 19, 24) - child * 2 - below(4))
      const work = age < 5 ? 'Belum bekerja' : age < 18 ? 'Pelajar' : pick(jobs)
      members.push({ name: name(sex), role: 'Anak', sex, born: birth(age), state: 'Belum Kawin', work })
    }
    if (roll() < 0.08)
      members.push({
        name: name('P'),
        role: 'Orang Tua',
        sex: 'P',
        born: birth(headAge + 20 + below(8)),
        state: 'Cerai Mati',
        work: 'Tidak bekerja',
      })
    const address = `${pick(streets)} No. ${1 + below(180)}`
    const rt = two(1 + below(12)).padStart(3, '0')
    const rw = two(1 + below(18)).padStart(3, '0')
    const pkh = decile <= 4 && children > 0 && roll() < 0.55
    const sembako = decile <= 4 && roll() < 0.7
    const pbi = decile <= 5 && roll() < 0.8
    const kk = `${village.replaceAll('.', '').slice(0, 6)}${two(1 + below(28))}${two(1 + below(12))}${two(5 + below(20))}${String(9000 + (n % 1000))}`
    const id = `K${village.slice(0, 2)}${String(seed).padStart(4, '0')}${String(n).padStart(8, '0')}`
    const code = village.replaceAll('.', '')
    for (const [at, one] of members.entries()) {
      const disability =
        roll() < 0.025 ? pick(['Fisik', 'Netra', 'Rungu', 'Mental', 'Intelektual', 'Rungu Wicara']) : ''
      const pregnant = one.role === 'Istri' && headAge < 42 && roll() < 0.06 ? 'Ya' : ''
      const mother =
        one.role === 'Anak'
          ? (members.find((other) => other.sex === 'P' && other.role !== 'Anak')?.name ?? name('P'))
          : name('P')
      chunk += `${id};${kk};${nik(village, one.sex, one.born)};${one.name};${one.role};${one.sex};${pick(places)};${one.born};${one.state};${mother};${one.work};${address};${rt};${rw};${code};${decile};${disability};${pregnant};${
        at > 0
          ? ';;;'
          : `${pkh ? 'YA' : 'TIDAK'};${pkh ? `JUL-SEP ${year}` : ''};${sembako ? 'YA' : 'TIDAK'};${sembako ? `TW3 ${year}` : ''}`
      };${pbi ? 'YA' : ''}\r\n`
    }
    if (n % 100 === 0 || n === families) {
      yield chunk
      chunk = ''
    }
  }
}

const places = ['Bekasi', 'Karanganyar', 'Serang', 'Sragen', 'Bandung', 'Brebes', 'Tegal', 'Lebak', 'Klaten', 'Jakarta']

/** The same, written to a file. */
export const writeFamilies = (file: string, invention: Invention): Promise<void> =>
  pipeline(Readable.from(inventFamilies(invention)), createWriteStream(file))
