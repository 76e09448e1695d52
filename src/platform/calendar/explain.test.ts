import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { DueStep, type Pause, type WorkCalendar, explainDue } from './index.ts'

const calendar: WorkCalendar = {
  zone: 'Asia/Jakarta',
  holidays: new Map([
    ['2026-12-24', 'Cuti bersama Natal'],
    ['2026-12-25', 'Natal'],
    ['2027-01-01', 'Tahun Baru Masehi'],
  ]),
  weeks: [{ validFrom: '2020-01-01', workingWeekdays: [1, 2, 3, 4, 5], opens: '08:00', closes: '16:00' }],
}
const wib = (text: string) => new Date(`${text.replace(' ', 'T')}:00+07:00`)
const steps = (filed: string, workingDays: number, pauses: Pause[] = [], limit?: number) =>
  explainDue({ startedAt: wib(filed), workingDays, pauses, calendar }, limit).steps

test('a person can follow it on a wall calendar', () => {
  assert.deepEqual(steps('2026-12-23 17:10', 5), [
    { code: 'filed', at: '2026-12-23T10:10:00.000Z', day: '2026-12-23', afterClosing: true },
    { code: 'skipped', why: 'holiday', from: '2026-12-24', to: '2026-12-24', name: 'Cuti bersama Natal' },
    { code: 'skipped', why: 'holiday', from: '2026-12-25', to: '2026-12-25', name: 'Natal' },
    { code: 'skipped', why: 'weekend', from: '2026-12-26', to: '2026-12-27' },
    { code: 'received', day: '2026-12-28' },
    { code: 'counted', from: '2026-12-29', to: '2026-12-31', first: 1, last: 3 },
    { code: 'skipped', why: 'holiday', from: '2027-01-01', to: '2027-01-01', name: 'Tahun Baru Masehi' },
    { code: 'skipped', why: 'weekend', from: '2027-01-02', to: '2027-01-03' },
    { code: 'counted', from: '2027-01-04', to: '2027-01-05', first: 4, last: 5 },
    { code: 'due', at: '2027-01-05T09:00:00.000Z', day: '2027-01-05' },
  ])
})

test('a pause is one step with the days off inside it; the weekend after it is its own', () => {
  const pauses = [{ from: wib('2026-11-18 09:00'), until: wib('2026-11-27 17:00') }]
  assert.deepEqual(steps('2026-11-16 09:00', 2, pauses), [
    { code: 'filed', at: '2026-11-16T02:00:00.000Z', day: '2026-11-16', afterClosing: false },
    { code: 'received', day: '2026-11-16' },
    { code: 'counted', from: '2026-11-17', to: '2026-11-17', first: 1, last: 1 },
    { code: 'paused', from: '2026-11-18', to: '2026-11-27', workingDays: 8 },
    { code: 'skipped', why: 'weekend', from: '2026-11-28', to: '2026-11-29' },
    { code: 'counted', from: '2026-11-30', to: '2026-11-30', first: 2, last: 2 },
    { code: 'due', at: '2026-11-30T09:00:00.000Z', day: '2026-11-30' },
  ])
})

test('a clock that stands still says since when, and what is left', () => {
  const given = { startedAt: wib('2026-11-16 09:00'), workingDays: 5, calendar }
  const { due, steps: said } = explainDue({ ...given, pauses: [{ from: wib('2026-11-19 09:00'), until: null }] })
  assert.equal(due, null)
  assert.deepEqual(said.slice(2), [
    { code: 'counted', from: '2026-11-17', to: '2026-11-18', first: 1, last: 2 },
    { code: 'stopped', since: '2026-11-19T02:00:00.000Z', day: '2026-11-19', counted: 2, left: 3 },
  ])
})

test('sixty working days are told in full; years are summed up in the middle', () => {
  const sixty = steps('2026-11-02 09:00', 60)
  assert.ok(sixty.length < 40 && !sixty.some(({ code }) => code === 'more'))
  const years = steps('2026-11-02 09:00', 1000)
  assert.equal(years.length, 60)
  const more = years.find(({ code }) => code === 'more')
  assert.ok(more?.code === 'more' && more.counted > 800 && more.skipped > 300)
  assert.equal(steps('2026-11-02 09:00', 60, [], 10).length, 10)
  assert.ok(
    steps('2026-12-23 17:10', 60, [], 10).every((step) => Value.Check(DueStep, JSON.parse(JSON.stringify(step)))),
  )
})
