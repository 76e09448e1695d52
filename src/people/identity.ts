export type NikDoubt = 'nik_date' | 'nik_serial' | 'nik_birth_date' | 'nik_sex'

/**
 * What a NIK does not agree with. Doubts only: real NIKs with errors exist, so nothing is refused for them.
 * Digits: 6 region of first registration (not of residence), day (+40 for women) month year, 4 serial.
 * Source: domain facts 6.1.
 */
export function checkNik(nik: string, known: { birthDate?: string | null; sex?: string | null } = {}): NikDoubt[] {
  const doubts: NikDoubt[] = []
  const coded = Number(nik.slice(6, 8))
  const female = coded > 40
  const day = female ? coded - 40 : coded
  const month = Number(nik.slice(8, 10))
  // 2000 is a leap year and 1900 is not, so a 29 February of year 00 is only doubted when the birth date says 1900.
  const date = new Date(Date.UTC(2000 + Number(nik.slice(10, 12)), month - 1, day))
  const exists = day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!exists) doubts.push('nik_date')
  if (nik.slice(12) === '0000') doubts.push('nik_serial')
  if (known.birthDate && exists) {
    const [year = '', birthMonth = '', birthDay = ''] = known.birthDate.split('-')
    if (`${String(day).padStart(2, '0')}${nik.slice(8, 12)}` !== `${birthDay}${birthMonth}${year.slice(2)}`)
      doubts.push('nik_birth_date')
  }
  if (known.sex && (known.sex === 'female') !== female) doubts.push('nik_sex')
  return doubts
}

export type KkDoubt = 'kk_date' | 'kk_serial'

/**
 * What the number of a family card does not agree with: 6 digits region, 6 of the day it was recorded (DDMMYY), 4 serial.
 * No 40 is added to the day. Doubts only, as with a NIK.
 */
export function checkKk(kk: string): KkDoubt[] {
  const doubts: KkDoubt[] = []
  const day = Number(kk.slice(6, 8))
  const month = Number(kk.slice(8, 10))
  const date = new Date(Date.UTC(2000 + Number(kk.slice(10, 12)), month - 1, day))
  if (day < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) doubts.push('kk_date')
  if (kk.slice(12) === '0000') doubts.push('kk_serial')
  return doubts
}

/** '3275051708859001' is shown as '327505******9001'. */
export const maskNik = (nik: string | null): string | null =>
  nik === null ? null : `${nik.slice(0, 6)}${'*'.repeat(Math.max(0, nik.length - 10))}${nik.slice(-4)}`

/** The last three digits stay, enough to tell two numbers apart. */
export const maskPhone = (phone: string | null): string | null =>
  phone === null ? null : `${'*'.repeat(Math.max(3, phone.length - 3))}${phone.slice(-3)}`

/** Under 18 on the given day; unknown birth dates are not children. Dates are 'YYYY-MM-DD'. */
export function isChild(birthDate: string | null, today: string): boolean {
  if (!birthDate) return false
  const [year = 0, month = 0, day = 0] = birthDate.split('-').map(Number)
  return (
    today < `${String(year + 18).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  )
}
