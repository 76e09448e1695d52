import { oneSlip } from './similarity.ts'

/*
 * A NIK is 6 digits of the region of first registration, 6 of the birth date (day + 40 for women) and 4 that count those of one
 * day and place: twins differ in the last four only, mostly by one.
 */

/**
 * Same; one slip, or the same last ten (a region renamed when provinces were split); only +40 differs; numbers given one after another,
 * as twins have them; the same birth date; differs.
 */
export const nikLevels = 6
/** The level of numbers given one after another. */
export const sideBySideLevel = 3
/** The level of numbers that share the birth date and nothing else. */
export const sameBirthOnly = 4

/** Registered together: the serial numbers of twins and triplets lie this close. */
const sideBySide = 3

export function nikLevel(left: string, right: string): number {
  if (left === right) return 0
  const sameBirth = nikBirth(left) === nikBirth(right)
  if (left.slice(12) === right.slice(12) && sameBirth) return left.slice(0, 6) === right.slice(0, 6) ? 2 : 1
  const apart = Math.abs(Number(left.slice(12)) - Number(right.slice(12)))
  if (sameBirth && left.slice(0, 6) === right.slice(0, 6) && apart <= sideBySide) return sideBySideLevel
  if (oneSlip(left, right)) return 1
  return sameBirth ? sameBirthOnly : 5
}

/** 'DDMMYY' of a NIK, without the 40 of women. */
export const nikBirth = (nik: string): string => {
  const day = Number(nik.slice(6, 8))
  return `${String(day > 40 ? day - 40 : day).padStart(2, '0')}${nik.slice(8, 12)}`
}
