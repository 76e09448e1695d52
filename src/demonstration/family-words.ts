/** Words that invented families are made of. */
export const givenNames = {
  L: 'Ahmad Slamet Joko Dedi Asep Budi Agus Rudi Hendra Wahyu Eko Yanto Sutrisno Sugeng Bambang Iwan Ujang Rahmat Fajar Dimas Rizki Bayu Arif Taufik Samsul Jumadi Karno Supri Darto Yusuf Ibrahim Made Anton Petrus Markus Gilang Reza Ilham Aditya Teguh'.split(
    ' ',
  ),
  P: 'Siti Sri Dewi Nur Ayu Yani Wati Lestari Endang Sumarni Ratna Rina Fitri Aisyah Halimah Kartini Tuti Neneng Euis Yuyun Mariam Lilis Puji Wulan Indah Rahayu Marni Sulastri Ningsih Maya Intan Putri Salma Zahra Nabila Maria Yohana Tina Dian Rosidah'.split(
    ' ',
  ),
} as const
export const familyNames =
  'Santoso Wijaya Saputra Hidayat Kurniawan Setiawan Rahman Suryana Permana Gunawan Nugroho Prasetyo Susanto Hartono Maulana Firmansyah Ramadhan Handayani Purnama Utami Anggraini Suhendar Mulyadi Sudirman Wibowo Haryanto Basuki Subagyo Sanusi Marpaung Simanjuntak Siregar Nasution Lubis Daulay Mahmud Effendi Iskandar Fauzi Yulianto'.split(
    ' ',
  )
export const jobs = [
  'Buruh harian lepas',
  'Pedagang',
  'Petani',
  'Buruh tani',
  'Sopir',
  'Tukang bangunan',
  'Asisten rumah tangga',
  'Karyawan swasta',
  'Pengemudi ojek',
  'Pemulung',
  'Penjahit',
  'Nelayan',
  'Wiraswasta',
  'Tidak bekerja',
  'Buruh pabrik',
] as const
export const streets = [
  'Jl. Mawar',
  'Jl. Melati',
  'Jl. Kenanga',
  'Gg. Haji Abdul',
  'Kp. Rawa Semut',
  'Jl. Pahlawan',
  'Dusun Krajan',
  'Jl. Ir. H. Juanda',
  'Gg. Musholla',
  'Kp. Pulo',
  'Jl. Cut Meutia',
  'Perum Bumi Asri Blok C',
  'Jl. Diponegoro',
  'Dukuh Ngasem',
  'Jl. Raya Serang',
] as const
