import { steadyRandom } from '#src/people/linkage/model.ts'
import type { LinkPerson } from '#src/people/linkage/profile-people.ts'

/*
 * Invented people of Indonesia with the same people written again, as registers hold them, and with those who only look the same: twins,
 * brothers and sisters, namesakes of one village. NIKs have serial numbers 9xxx.
 */

export type SetPerson = LinkPerson & { entity: number; kind: 'first' | 'again' | 'twin' }

const male =
  `Ahmad Budi Slamet Sutrisno Suparman Suyanto Wahyudi Hasan Husein Agus Joko Bambang Eko Dwi Rudi Hendra Iwan Dedi Asep Ujang Cecep
  Supriyadi Sugeng Suwarno Sukarno Yusuf Ibrahim Ismail Fauzi Ridwan Taufik Hidayat Nurdin Syamsul Bahri Anwar Lukman Hakim Arif Rahman Yanto Parjo
  Karto Wiryo Daryono Sarwono Kusnadi Mulyadi Junaedi Zainal Abidin Fajar Galih Bayu Dimas Rizky Aditya Yohanes Markus Petrus Yosep Frans`.split(
    /\s+/,
  )
const female =
  `Siti Aminah Nurhayati Sulistyawati Sri Wahyuni Dewi Rina Rini Lestari Kartini Suparmi Sutini Sumiati Sukarti Yuliana Maria Marta Fatimah
  Khadijah Aisyah Zulaikha Halimah Rohmah Rukmini Murni Endang Tuti Yati Yanti Nani Neneng Euis Iis Imas Wulan Ratna Sari Indah Permata Putri Ayu
  Fitri Fitria Rahmawati Suryani Handayani Mulyani Maryam Juariah Jumiati Painem Tukiyem Poniyem Ngatini Kasmini Debora Yuliance Selvi`.split(
    /\s+/,
  )
const towns = 'Bekasi Karanganyar Bandung Surakarta Jayapura Merauke Sorong Semarang Garut Cirebon'.split(' ')
const streets =
  'Melati Mawar Kenanga Cempaka Anggrek Diponegoro Sudirman Kartini Merdeka Pahlawan Cendrawasih Rajawali Manggis Mangga'.split(
    ' ',
  )
const villages = [
  '32.75.05.1001',
  '32.75.05.1002',
  '33.13.06.2003',
  '33.13.07.2001',
  '32.04.05.2002',
  '94.01.01.2001',
  '94.03.02.2004',
  '91.71.01.1001',
]
/** What villages of Papua were called before and after the provinces were split in 2022. */
const split: Readonly<Record<string, string>> = {
  '94.01.01.2001': '93.01.01.2001',
  '94.03.02.2004': '95.03.02.2004',
  '91.71.01.1001': '92.71.01.1001',
}

export function indonesianSet(size: number, seed: number): SetPerson[] {
  const random = steadyRandom(seed)
  const whole = (below: number) => Math.floor(random() * below)
  const pick = <Value>(list: readonly Value[]): Value => list[whole(list.length)] as Value
  const chance = (share: number) => random() < share
  const two = (number: number) => String(number).padStart(2, '0')
  const nameOf = (sex: 'female' | 'male'): string => {
    const list = sex === 'male' ? male : female
    const count = chance(0.25) ? 1 : chance(0.75) ? 2 : 3
    const words = [...new Set(Array.from({ length: count }, () => pick(list)))]
    return sex === 'male' && chance(0.2) ? ['Muhammad', ...words].join(' ') : words.join(' ')
  }
  const nikOf = (region: string, birth: string, sex: string, serial: number) =>
    `${region.replaceAll('.', '').slice(0, 6)}${two(Number(birth.slice(8)) + (sex === 'female' ? 40 : 0))}${birth.slice(5, 7)}${birth.slice(2, 4)}${serial}`

  const people: SetPerson[] = []
  let entity = 0
  while (people.length < size) {
    const region = pick(villages)
    const kkNumber = `${region.replaceAll('.', '').slice(0, 6)}${two(1 + whole(28))}${two(1 + whole(12))}${two(10 + whole(15))}9${String(whole(1000)).padStart(3, '0')}`
    const address = `Jl. ${pick(streets)}${chance(0.5) ? ` No. ${1 + whole(90)}` : ''}`
    const home = {
      kkNumber,
      address,
      rt: `00${1 + whole(9)}`,
      rw: `0${two(1 + whole(12))}`,
      regionCode: region,
      birthPlace: pick(towns),
    }
    const wife = nameOf('female')
    const children = whole(4)
    const add = (
      sex: 'female' | 'male',
      birthDate: string,
      motherName: string,
      name: string,
      serial: number,
      kind: SetPerson['kind'] = 'first',
    ) =>
      people.push({
        ...home,
        name,
        sex,
        birthDate,
        motherName,
        nik: nikOf(region, birthDate, sex, serial),
        entity: entity++,
        kind,
      })
    const day = (from: number, span: number) => `${from + whole(span)}-${two(1 + whole(12))}-${two(1 + whole(28))}`
    add('male', day(1950, 45), nameOf('female'), nameOf('male'), 9001 + whole(20))
    add('female', day(1952, 45), nameOf('female'), wife, 9001 + whole(20))
    for (let child = 0; child < children; child++) {
      const sex = chance(0.5) ? 'male' : 'female'
      const born = day(1985, 38)
      const serial = 9001 + whole(20)
      const name = nameOf(sex)
      add(sex, born, wife, name, serial)
      if (chance(0.12)) {
        const other = chance(0.7) ? sex : sex === 'male' ? 'female' : 'male'
        // Names of twins rhyme, share a word, or have nothing in common.
        const twin =
          chance(0.3) && other === sex
            ? `${name.split(' ')[0] ?? ''} ${pick(sex === 'male' ? male : female)}`
            : nameOf(other)
        if (twin !== name) add(other, born, wife, twin, serial + 1, 'twin')
      }
    }
  }
  const slip = (value: string): string => {
    const at = 1 + whole(Math.max(1, value.length - 2))
    const letter = /\d/.test(value[at] ?? '') ? String(whole(10)) : pick([...'aeiunrstlk'])
    return pick([
      value.slice(0, at) + letter + value.slice(at + 1),
      value.slice(0, at) + value.slice(at + 1),
      value.slice(0, at) + (value[at + 1] ?? '') + (value[at] ?? '') + value.slice(at + 2),
    ])
  }
  const digitSlip = (value: string): string => {
    const at = whole(value.length)
    return value.slice(0, at) + String((Number(value[at]) + 1 + whole(9)) % 10) + value.slice(at + 1)
  }
  const writtenOtherwise = (name: string, sex: string): string => {
    const how = whole(9)
    if (how === 0)
      return `${sex === 'male' ? pick(['H.', 'Drs.', 'Ir.', 'Bpk.']) : pick(['Hj.', 'Dra.', 'Ny.', 'Ibu'])} ${name}`
    if (how === 1) return `${name}, ${pick(['S.Pd.', 'SE', 'S.Ag', 'A.Md.'])}`
    if (how === 2 && name.startsWith('Muhammad '))
      return name.replace('Muhammad', pick(['Moh.', 'Muh.', 'M.', 'Mohamad', 'Mochamad']))
    if (how === 3) return name.replaceAll('u', 'oe').replaceAll(/[jJ]/g, 'dj')
    if (how === 4) return `${name} ${sex === 'male' ? 'bin' : 'binti'} ${pick(male)}`
    if (how === 5) return `${name} alias ${pick(sex === 'male' ? male : female)}`
    if (how === 6) return name.replace(' ', '')
    if (how === 7) return name.toUpperCase().replaceAll('Y', 'I').replaceAll('F', 'P')
    return slip(name)
  }
  const again = people.flatMap((first): SetPerson[] => {
    if (!chance(0.12)) return []
    const copy: SetPerson = { ...first, kind: 'again' }
    const slips = whole(5)
    const renamed = first.regionCode ? split[first.regionCode] : undefined
    if (renamed && chance(0.5)) copy.regionCode = renamed
    for (let done = 0; done < slips; done++) {
      const what = whole(10)
      if (what <= 2) copy.name = writtenOtherwise(copy.name, first.sex ?? '')
      else if (what === 3) copy.nik = chance(0.4) ? null : digitSlip(first.nik ?? '')
      else if (what === 4) {
        const day = Number(first.nik?.slice(6, 8))
        copy.nik = `${first.nik?.slice(0, 6) ?? ''}${two(day > 40 ? day - 40 : day + 40)}${first.nik?.slice(8) ?? ''}`
      } else if (what === 5) {
        const [year = '', month = '', date = ''] = (first.birthDate ?? '').split('-')
        copy.birthDate = chance(0.3)
          ? null
          : chance(0.5) && Number(date) <= 12
            ? `${year}-${date}-${month}`
            : `${year.slice(0, 3)}${whole(10)}-${month}-${date}`
      } else if (what === 6)
        copy.kkNumber = chance(0.5) ? null : `99${String(whole(1e9)).padStart(9, '0')}99999`.slice(0, 16)
      else if (what === 7)
        Object.assign(copy, {
          rt: String(Number(first.rt)),
          rw: null,
          address: chance(0.5) ? first.address?.replace('Jl.', 'Jalan') : `Dusun ${pick(streets)}`,
        })
      else if (what === 8) copy.motherName = chance(0.4) ? null : writtenOtherwise(first.motherName ?? '', 'female')
      else copy.birthPlace = pick(towns)
    }
    return [copy]
  })
  return [...people, ...again]
}
