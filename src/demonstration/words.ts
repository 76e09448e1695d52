/** What invented people say in the demonstration. Names are invented; NIKs have a region code that does not exist. */

export const firstNames = [
  'Sumiati',
  'Karsono',
  'Ngatinem',
  'Wagiman',
  'Rohmah',
  'Tarmidi',
  'Kasinem',
  'Suparno',
  'Marsiti',
  'Dulhadi',
  'Sutarmi',
  'Paijan',
  'Jumirah',
  'Warsito',
  'Tumini',
  'Sarjono',
  'Painem',
  'Kartiman',
  'Sudarmi',
  'Mukinah',
]
export const lastNames = [
  '',
  '',
  'Wibowo',
  'Lestari',
  'Hasanah',
  'Saputra',
  'Nuraini',
  'Siregar',
  'Pratiwi',
  'Halim',
  'Kurniasih',
  'Santoso',
]

export type Story = {
  class: 'information' | 'suggestion' | 'complaint' | 'oversight'
  matter: string
  programme: string | null
  body: string
  answer: string
}

export const stories: Story[] = [
  {
    class: 'complaint',
    matter: 'enrolment.not_listed',
    programme: 'BST',
    body: 'Ibu {name} seorang janda dengan dua anak sekolah. Sejak suaminya meninggal ia hanya berjualan gorengan. Tetangga yang lebih mampu menerima BST tetapi ia tidak pernah didata.',
    answer:
      'Ibu {name} sudah kami datangi dan kami masukkan ke daftar usulan musyawarah kelurahan bulan ini. Hasilnya kami kabarkan paling lambat tanggal 25.',
  },
  {
    class: 'complaint',
    matter: 'enrolment.inactive',
    programme: 'PBI_JK',
    body: 'Kartu KIS milik {name} tiba-tiba tidak aktif waktu mau berobat ke puskesmas. Padahal bulan lalu masih bisa dipakai. Kami tidak sanggup bayar iuran sendiri.',
    answer:
      'Kepesertaan atas nama {name} sudah kami ajukan untuk diaktifkan kembali. Silakan cek di puskesmas tiga hari lagi dengan membawa KTP dan KK.',
  },
  {
    class: 'complaint',
    matter: 'delivery.card',
    programme: 'SEMBAKO',
    body: 'Kartu KKS {name} tertelan mesin ATM dan sudah dua bulan belum diganti bank. Saldo bantuan tidak bisa diambil.',
    answer:
      'Bank sudah kami hubungi. Kartu pengganti dapat diambil di kantor cabang hari Selasa dengan membawa KTP dan surat keterangan dari kelurahan.',
  },
  {
    class: 'complaint',
    matter: 'delivery.short',
    programme: 'SEMBAKO',
    body: 'Beras yang diterima {name} hanya delapan kilogram padahal seharusnya sepuluh kilogram. Warga satu RT mengalami hal yang sama.',
    answer:
      'Kekurangan beras sudah diganti oleh penyalur pada hari ini dan disaksikan ketua RT. Terima kasih atas laporannya.',
  },
  {
    class: 'oversight',
    matter: 'delivery.levy',
    programme: 'PKH',
    body: 'Ada yang meminta uang dua puluh ribu rupiah kepada penerima PKH dengan alasan biaya administrasi. Kami takut melapor karena masih tetangga.',
    answer:
      'Laporan telah kami periksa bersama pendamping. Pungutan dihentikan, uang dikembalikan, dan yang bersangkutan sudah mendapat teguran tertulis.',
  },
  {
    class: 'complaint',
    matter: 'enrolment.deceased',
    programme: 'SEMBAKO',
    body: 'Nama almarhum {name} masih keluar sebagai penerima padahal sudah meninggal dua tahun yang lalu. Mohon diganti warga yang lebih membutuhkan.',
    answer:
      'Data almarhum {name} sudah kami ajukan untuk dihapus disertai akta kematian. Penggantinya dibahas dalam musyawarah kelurahan.',
  },
  {
    class: 'information',
    matter: 'programme_need',
    programme: 'PKH',
    body: 'Bagaimana cara mendaftar PKH untuk keluarga {name}? Anaknya tiga masih sekolah dan ibunya sedang hamil.',
    answer:
      'Pendaftaran dilakukan lewat usulan di kelurahan. Bawa KTP dan KK ke Puskesos; petugas akan memasukkannya ke daftar usulan bulan berjalan.',
  },
  {
    class: 'complaint',
    matter: 'enrolment.double',
    programme: 'BLT_DESA',
    body: 'Keluarga {name} tercatat dua kali dengan nomor KK yang berbeda sehingga namanya dicoret dari daftar penerima.',
    answer: 'Data ganda sudah diperbaiki bersama Dukcapil. Nama {name} kembali masuk daftar penerima tahap berikutnya.',
  },
  {
    class: 'suggestion',
    matter: 'delivery',
    programme: 'SEMBAKO',
    body: 'Sebaiknya pembagian bantuan untuk lansia seperti {name} diantar ke rumah karena antreannya panjang dan panas.',
    answer:
      'Usul Bapak/Ibu kami terima. Mulai tahap depan lansia dan penyandang disabilitas didahulukan dan dapat diantar oleh Karang Taruna.',
  },
  {
    class: 'complaint',
    matter: 'administration',
    programme: null,
    body: 'NIK {name} tidak cocok antara KTP dan KK sehingga tidak bisa diusulkan sebagai penerima bantuan apa pun.',
    answer: 'Perbedaan NIK sudah diperbaiki di Dukcapil. KK baru dapat diambil di kelurahan.',
  },
  {
    class: 'complaint',
    matter: 'service',
    programme: 'PERMAKANAN',
    body: 'Mbah {name} tinggal sendirian, sakit-sakitan dan tidak ada yang merawat. Butuh bantuan makanan dan pemeriksaan kesehatan.',
    answer:
      'Petugas sudah berkunjung bersama puskesmas. Mbah {name} mendapat permakanan harian dan dijadwalkan pemeriksaan setiap bulan.',
  },
  {
    class: 'complaint',
    matter: 'delivery.wrong_target',
    programme: 'BST',
    body: 'Penerima bantuan di gang kami justru yang punya dua mobil, sedangkan {name} yang rumahnya bocor tidak mendapat apa-apa.',
    answer:
      'Kami sudah melakukan pengecekan lapangan. Penerima yang mampu diusulkan keluar, dan keluarga {name} masuk usulan musyawarah.',
  },
]

export const referralReasons = [
  'Data penerima dikelola di tingkat atas, kami tidak dapat mengubahnya.',
  'Perlu keputusan dan kuota dari dinas.',
  'Sudah kami cek ke rumah; perlu koordinasi dengan bank penyalur.',
]
export const questions = [
  'Mohon kirim foto KK terbaru dan alamat lengkap dengan RT dan RW.',
  'Mohon sebutkan nama penyalur dan tanggal pengambilan bantuan.',
]
export const replies = [
  'Sudah saya kirim fotonya, Pak. Alamatnya RT 03 RW 05.',
  'Tanggalnya minggu lalu hari Rabu di balai RW.',
]
