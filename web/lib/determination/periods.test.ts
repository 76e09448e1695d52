import assert from 'node:assert/strict'
import { test } from 'node:test'
import { periods } from '#src/programmes/catalogue/schema.ts'
import { daysOf } from '#src/programmes/determination/period.ts'
import { likelyPeriod, periodsAround, periodWord } from './periods.ts'

test('periods around a day are those the server reads, in a row, with the day in the third', () => {
  for (const kind of periods)
    for (const day of ['2026-01-01', '2026-06-30', '2026-11-22', '2027-12-31']) {
      const days = periodsAround(kind, day).map((one) => {
        const found = daysOf(one, kind)
        assert.ok(found, `${kind} ${one}`)
        return found
      })
      assert.equal(days.length, 7)
      const third = days[2]
      assert.ok(third && third.from <= day && day <= third.to, `${kind} ${day}`)
      for (const [at, one] of days.entries()) {
        const next = days[at + 1]
        if (next) assert.equal(Date.parse(next.from) - Date.parse(one.to), 86_400_000, `${kind} ${one.to}`)
      }
    }
})

test('a period reads as people say it', () => {
  assert.deepEqual(['2026-12', '2026-B6', '2026-T4', '2026-S2', '2026', 'x'].map(periodWord), [
    'Desember 2026',
    'November–Desember 2026',
    'Triwulan 4 2026 (Oktober–Desember)',
    'Semester 2 2026 (Juli–Desember)',
    'Tahun 2026',
    'x',
  ])
  assert.deepEqual(
    (['month', 'quarter', 'half_year', 'once'] as const).map((kind) => likelyPeriod(kind, '2026-11-22')),
    ['2026-12', '2027-T1', '2026-S2', '2026'],
  )
})
