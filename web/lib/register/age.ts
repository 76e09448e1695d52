import { m } from '#messages'

/** Whole months between two days ('YYYY-MM-DD'); negative before the first. */
export function monthsBetween(birth: string, day: string): number {
  const [y = 0, mo = 0, d = 0] = birth.split('-').map(Number)
  const [ty = 0, tmo = 0, td = 0] = day.split('-').map(Number)
  return (ty - y) * 12 + (tmo - mo) - (td < d ? 1 : 0)
}

/** '42 th', or '7 bln' for who is not two years old yet; '' where no birth date is known. */
export function sayAge(birth: string | undefined, day: string): string {
  if (!birth) return ''
  const months = monthsBetween(birth, day)
  if (months < 0) return ''
  return months < 24
    ? m.register_age_months({ count: months })
    : m.register_age_years({ count: Math.floor(months / 12) })
}
