import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computedHolidays } from './holidays.ts'
import { nationalHolidays } from './index.ts'

// Islamic days begin at sunset the day before; on a machine west of Indonesia a careless reading is a day off.
process.env['TZ'] = 'America/Los_Angeles'

const named = (year: number, name: string) =>
  nationalHolidays(year)
    .filter((holiday) => holiday.name.includes(name))
    .map(({ day }) => day)

test('2026 is the decree: 17 national holidays and 8 days of collective leave', () => {
  const days = nationalHolidays(2026)
  assert.equal(days.filter(({ kind }) => kind === 'national').length, 17)
  assert.equal(days.filter(({ kind }) => kind === 'collective_leave').length, 8)
  assert.ok(days.every(({ basis }) => basis === 'decree'))
  assert.deepEqual(named(2026, 'Idul Fitri 1447'), ['2026-03-21', '2026-03-22'])
})

test('the computation agrees with the decree of 2026, but for the days that are determined and not computed', () => {
  const computed = computedHolidays(2026)
  const national = nationalHolidays(2026)
    .filter(({ kind }) => kind === 'national')
    .map(({ day }) => day)
  assert.deepEqual(
    national.filter((day) => !computed.has(day)),
    ['2026-03-22'],
  )
  assert.deepEqual(
    [...computed.keys()].filter((day) => !national.includes(day)),
    ['2026-03-20'],
  )
})

test('2027 is computed, says so, and carries the official names', () => {
  const days = nationalHolidays(2027)
  assert.ok(days.every(({ basis, kind }) => basis === 'computed' && kind === 'national'))
  assert.equal(days.length, 17)
  assert.deepEqual(named(2027, 'Maulid'), ['2027-08-14'])
  assert.deepEqual(named(2027, 'Isra Mikraj'), ['2027-01-05', '2027-12-25'])
  assert.deepEqual(named(2027, 'Nyepi'), ['2027-03-08'])
  assert.deepEqual(named(2027, 'Proklamasi'), ['2027-08-17'])
})

test('every year: one row a day, in order, within the year, with a name', () => {
  for (let year = 2024; year <= 2040; year++) {
    const days = nationalHolidays(year)
    const texts = days.map(({ day }) => day)
    assert.deepEqual(texts, [...new Set(texts)].sort(), String(year))
    assert.ok(texts.every((day) => /^\d{4}-\d\d-\d\d$/.test(day) && day.startsWith(`${year}-`)))
    assert.ok(days.every(({ name }) => name.length > 3))
    assert.ok(days.length >= 13, `${year}: ${days.length}`)
  }
})
