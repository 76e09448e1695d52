import type { Day } from './days.ts'

export type HolidayKind = 'national' | 'collective_leave'
type Decree = { source: string; days: readonly (readonly [day: Day, kind: HolidayKind, name: string])[] }

/**
 * Days off by the yearly joint decree of three ministers (SKB 3 Menteri), where it is known to us. A decree beats any
 * computation: Islamic dates follow the ministry's own determination, and collective leave cannot be computed.
 * This only pre-fills the editable table; add a year here when its decree is out.
 */
export const decreedHolidays: Readonly<Record<number, Decree>> = {
  2026: {
    source: 'SKB Menag, Menaker, MenPANRB No. 1497/2025, 2/2025, 5/2025',
    days: [
      ['2026-01-01', 'national', 'Tahun Baru 2026 Masehi'],
      ['2026-01-16', 'national', 'Isra Mikraj Nabi Muhammad SAW'],
      ['2026-02-16', 'collective_leave', 'Cuti bersama Tahun Baru Imlek'],
      ['2026-02-17', 'national', 'Tahun Baru Imlek 2577 Kongzili'],
      ['2026-03-18', 'collective_leave', 'Cuti bersama Hari Suci Nyepi'],
      ['2026-03-19', 'national', 'Hari Suci Nyepi (Tahun Baru Saka 1948)'],
      ['2026-03-20', 'collective_leave', 'Cuti bersama Idul Fitri'],
      ['2026-03-21', 'national', 'Idul Fitri 1447 Hijriah'],
      ['2026-03-22', 'national', 'Idul Fitri 1447 Hijriah'],
      ['2026-03-23', 'collective_leave', 'Cuti bersama Idul Fitri'],
      ['2026-03-24', 'collective_leave', 'Cuti bersama Idul Fitri'],
      ['2026-04-03', 'national', 'Wafat Yesus Kristus'],
      ['2026-04-05', 'national', 'Kebangkitan Yesus Kristus (Paskah)'],
      ['2026-05-01', 'national', 'Hari Buruh Internasional'],
      ['2026-05-14', 'national', 'Kenaikan Yesus Kristus'],
      ['2026-05-15', 'collective_leave', 'Cuti bersama Kenaikan Yesus Kristus'],
      ['2026-05-27', 'national', 'Idul Adha 1447 Hijriah'],
      ['2026-05-28', 'collective_leave', 'Cuti bersama Idul Adha'],
      ['2026-05-31', 'national', 'Hari Raya Waisak 2570 BE'],
      ['2026-06-01', 'national', 'Hari Lahir Pancasila'],
      ['2026-06-16', 'national', '1 Muharam Tahun Baru Islam 1448 Hijriah'],
      ['2026-08-17', 'national', 'Proklamasi Kemerdekaan'],
      ['2026-08-25', 'national', 'Maulid Nabi Muhammad SAW'],
      ['2026-12-24', 'collective_leave', 'Cuti bersama Natal'],
      ['2026-12-25', 'national', 'Kelahiran Yesus Kristus (Natal)'],
    ],
  },
}
