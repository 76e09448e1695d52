/** The few words a letter brings along itself; all others are its writer's. */
export type Labels = {
  lang: string
  number: string
  subject: string
  to: string
  verify: string
  code: string
  codePicture: string
  page: (page: number, pages: number) => string
}

const id: Labels = {
  lang: 'id-ID',
  number: 'Nomor',
  subject: 'Perihal',
  to: 'Kepada Yth.',
  verify: 'Untuk memeriksa keaslian surat ini, pindai gambar di samping atau buka alamat berikut:',
  code: 'Kode pemeriksaan',
  codePicture: 'Kode QR menuju halaman pemeriksaan surat',
  page: (page, pages) => `Halaman ${page} dari ${pages}`,
}

const en: Labels = {
  lang: 'en',
  number: 'Number',
  subject: 'Subject',
  to: 'To',
  verify: 'To check that this letter is genuine, scan the picture beside this text or open this address:',
  code: 'Verification code',
  codePicture: 'QR code leading to the page that checks this letter',
  page: (page, pages) => `Page ${page} of ${pages}`,
}

export const labelsOf = (locale: 'id' | 'en'): Labels => (locale === 'en' ? en : id)
