import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import type { Statistics } from './schema.ts'

/** One table of figures, as it stands on a sheet. Shares are numbers from 0 to 1; null is an empty cell. */
export type Table = { title: string; head: string[]; rows: Cell[][]; shares: ReadonlySet<number> }
export type Cell = string | number | null

/** The figures of a page as tables, in the order of the page. */
export function statisticsTables(statistics: Statistics, locale: Locale): Table[] {
  const say = (key: string) => sentence(key, locale)
  const s = (key: string) => say(`statistics_${key}`)
  const table = (title: string, head: string[], rows: Cell[][], ...shares: number[]): Table => ({
    title: s(title),
    head,
    rows,
    shares: new Set(shares),
  })
  const { totals } = statistics
  return [
    table(
      'summary_title',
      [s('measure'), s('value')],
      [
        [s('place'), statistics.region.pathName],
        [s('from'), statistics.from],
        [s('to'), statistics.to],
        [s('filed'), totals.filed],
        [s('open'), totals.open],
        [s('overdue'), totals.overdue],
        [s('answered'), totals.answered],
        [s('settled'), totals.settled],
        [s('rejected'), totals.rejected],
        [s('withdrawn'), totals.withdrawn],
        [s('joined'), totals.joined],
        [s('days_head'), totals.medianDays],
        [s('satisfied'), totals.satisfied],
      ],
    ),
    table(
      'places_title',
      [
        s('code'),
        s('place'),
        s('filed'),
        s('open'),
        s('overdue'),
        s('overdue_share'),
        s('answered'),
        s('days_head'),
        s('within'),
        s('satisfied_share'),
      ],
      statistics.children.map((one) => [
        one.region.code,
        one.region.name,
        one.filed,
        one.open,
        one.overdue,
        one.overdueShare,
        one.answered,
        one.medianDays,
        one.answeredBelowShare,
        one.satisfiedShare,
      ]),
      5,
      8,
      9,
    ),
    table(
      'ladder_title',
      [s('tier'), s('open'), s('overdue'), s('answered'), s('answered_share')],
      statistics.tiers.map((one) => [say(`tier_${one.tier}`), one.open, one.overdue, one.answered, one.answeredShare]),
      4,
    ),
    table(
      'trend_title',
      [s('month'), s('filed'), s('answered')],
      statistics.trend.map((one) => [one.month, one.filed, one.answered]),
    ),
    table(
      'matters_title',
      [s('code'), s('matter'), s('count')],
      statistics.matters.map((one) => [one.code, one.name, one.count]),
    ),
    table(
      'programmes_title',
      [s('code'), s('programme'), s('count')],
      statistics.programmes.map((one) => [one.code, one.name || s('programme_none'), one.count]),
    ),
    table(
      'classes_title',
      [s('class'), s('count')],
      statistics.classes.map((one) => [say(`class_${one.class}`), one.count]),
    ),
    table(
      'doors_title',
      [s('door'), s('count')],
      statistics.doors.map((one) => [say(`door_${one.door}`), one.count]),
    ),
  ]
}
