/*
 * Invented people with plausible Indonesian names: frequent first names are frequent, a third of the older have one word, some have
 * titles or the old spelling. Deterministic for the numbers given; for tests and benchmarks.
 */

/** A source of numbers from 0 to before 1 that gives the same row for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/)

const women =
  words(`Siti Sri Nur Dewi Ni Endang Rini Dwi Tri Yuli Eka Ratna Wati Sulastri Suryani Aminah Fatimah Nurhayati Sumiati
  Kartini Aisyah Maryam Lestari Indah Wahyuni Ani Yanti Rina Lina Yuliana Maria Sulistyowati Suparti Sutini Tuminah Ponirah Juariyah
  Rohani Halimah Rosmini Kurniawati Hartini Rahayu Ningsih Susanti Winarti Murni Mariana Elisabet Yohana Ester Desi Novita Fitri Putri
  Ayu Anisa Nabila Zahra Intan Bunga Melati Citra Diah Lilis Iis Euis Neneng Imas Titin Tati Cucu Entin Mimin Wiwik Wiji Kasmi Paini
  Saodah Khadijah Zainab Hasanah Jamilah Salmah Rukmini Rusmini Sukarti Sukinem Suminah Ngatmi Ngatinah Painem Jumiati Marlina
  Herlina Erni Evi Yeni Reni Leni Deni Vina Widya Puspita Anggraini Oktaviani Safitri Handayani Astuti Setyowati Purwanti Utami`)
const men =
  words(`Muhammad Ahmad Abdul Agus Budi Slamet Eko Dwi Tri Joko Bambang Sutrisno Suparman Supriyadi Mulyadi Suwarno Sugeng
  Heri Hendra Andi Rudi Dedi Asep Ujang Dadang Cecep Iwan Yanto Hasan Husen Ibrahim Ismail Yusuf Umar Usman Ali Ridwan Rahmat Hidayat
  Wahyu Arif Taufik Rizki Fajar Bayu Dimas Adi Aditya Rangga Galih Yoga Ketut Made Wayan Nyoman Gede Putu Komang Yohanes Petrus Paulus
  Markus Lukas Matius Simon Daniel Samuel Stefanus Antonius Fransiskus Nasrul Zulkifli Syahrul Amir Baharuddin Burhanuddin Jamaluddin
  Kamaruddin Saharuddin Syamsuddin Marzuki Sulaiman Zainal Zainuddin Sukirman Sukarno Suharto Sumarno Sunaryo Suryadi Sutarjo Suyanto
  Tukiman Wagiman Paiman Legiman Ngadiman Poniman Kasiman Parno Karno Darmo Warto Marto Karso Rejo Wiryo Harjo Gunawan Setiawan
  Kurniawan Hermawan Darmawan Irawan Santoso Wibowo Prasetyo Nugroho Purnomo Widodo Susanto Hartono Haryanto Riyanto Sugianto`)
const womenLast =
  words(`Aminah Wati Lestari Rahayu Wahyuni Ningsih Susanti Handayani Astuti Kurniawati Hayati Hasanah Fatimah Sari Dewi
  Puspita Anggraini Utami Safitri Maharani Setyowati Purwanti Yulianti Rohmah Khotimah Maesaroh Mulyani Suryani Kartika Permata Indriani
  Oktaviani Febrianti Agustina Marlina Nurjanah Zulaikha Maulida Azizah Latifah Rosidah Jubaedah Badriah Nurhayati Hidayah Istiqomah`)
const menLast =
  words(`Hidayat Santoso Setiawan Wibowo Prasetyo Nugroho Saputra Pratama Kurniawan Gunawan Rahman Rahim Yusuf Hakim Aziz Wahid
  Mulyadi Suryadi Riyadi Supriyadi Ramadhan Maulana Firmansyah Hermawan Purnomo Widodo Susanto Hartono Siregar Nasution Simanjuntak
  Sitompul Harahap Lubis Tampubolon Sihombing Wijaya Kusuma Putra Permana Nugraha Suherman Sudrajat Rohman Fauzi Anwar Basri Effendi
  Sitorus Manurung Panjaitan Tarigan Ginting Sembiring Rumbiak Wenda Kogoya Tabuni Lumbantoruan Bahar Daeng Syah Akbar Hasibuan`)

/** Frequent ones come often: the chance falls with the place in the list. */
const drawn = (list: readonly string[], roll: number): string => list[Math.floor(roll ** 1.9 * list.length)] ?? ''

/** A name of one to three words; of one word for many of the older (Java above all). */
export function personName(roll: () => number, given: { female: boolean; birthYear: number }): string {
  const [first, last] = given.female ? [women, womenLast] : [men, menLast]
  const one = drawn(first, roll())
  const count = roll()
  const isOld = given.birthYear < 1975
  if (count < (isOld ? 0.38 : 0.08)) return one
  const two = drawn(last, roll())
  if (count < (isOld ? 0.92 : 0.7)) return two === one ? one : `${one} ${two}`
  const middle = drawn(first, roll() ** 0.6)
  return [...new Set([one, middle, two])].join(' ')
}

/** How somebody else writes the same name: a title, a short form, the old spelling. */
export function otherWriting(roll: () => number, name: string, female: boolean): string {
  const ways: ((text: string) => string)[] = [
    (text) => `${female ? 'Hj.' : 'H.'} ${text}`,
    (text) => `${text}, S.Pd.`,
    (text) => text.replace(/^Muhammad\b/, 'Moh.').replace(/^Abdul\b/, 'Abd.'),
    (text) => text.replaceAll(/u(?=[bdgklmnprstwy])/g, 'oe').replaceAll(/j/gi, (j) => (j === 'J' ? 'Dj' : 'dj')),
    (text) => text.toUpperCase(),
    (text) => text.replace(/^(Nur|Sri|Siti) (.)/, (_, one: string, two: string) => `${one}${two.toLowerCase()}`),
  ]
  return ways[Math.floor(roll() * ways.length)]?.(name) ?? name
}

export const streets =
  words(`Melati Mawar Kenanga Anggrek Cempaka Flamboyan Merpati Rajawali Garuda Pahlawan Sudirman Diponegoro Kartini
  Gajahmada Pemuda Merdeka Veteran Masjid Pesantren Kelapa Mangga Rambutan Durian Nangka Salak Jambu Cendana Mahoni Jati Beringin`)
