import { m } from '#messages'

const lengths: Readonly<Record<string, number>> = { B: 2, T: 3, S: 6 }

/** A period in words: '2026-12' "Desember 2026", '2026-T4' "Triwulan 4 2026 (Oktober–Desember)"; as it is where it is none. */
export function sayPeriod(period: string, locale: 'id' | 'en'): string {
  const [, year = '', part] = /^([0-9]{4})(?:-([0-9]{2}|[BTS][1-6]))?$/.exec(period) ?? []
  if (!year) return period
  if (!part) return m.determination_period_year({ year }, { locale })
  const monthWord = (month: number): string =>
    new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'id-ID', { month: 'long', timeZone: 'UTC' }).format(
      Date.UTC(Number(year), month - 1, 1),
    )
  const mark = part[0] ?? ''
  const length = lengths[mark]
  if (!length) return `${monthWord(Number(part))} ${year}`
  const n = Number(part[1])
  const from = monthWord((n - 1) * length + 1)
  const to = monthWord(n * length)
  if (mark === 'T') return m.determination_period_quarter({ n, year, from, to }, { locale })
  if (mark === 'S') return m.determination_period_half({ n, year, from, to }, { locale })
  return `${m.determination_period_months({ from, to }, { locale })} ${year}`
}
