import { SAFE } from './facts.ts'

/** Whole numbers from `min` to `max`, both included. */
export type Range = { min: number; max: number }

const of = (...values: number[]): Range => ({ min: Math.min(...values), max: Math.max(...values) })
export const union = (a: Range, b: Range): Range => of(a.min, a.max, b.min, b.max)
export const holds = ({ min, max }: Range, value: number): boolean => min <= value && value <= max
/** Whether every number of it is exact in a double, in CEL, and far from the end of a bigint. */
export const isSafe = ({ min, max }: Range): boolean => min >= -SAFE && max <= SAFE

/** What an operation can come to; without zero in the divisor. Division cuts towards zero, a remainder has the sign of the dividend. */
export function arithmetic(operator: '+' | '-' | '*' | '/' | '%', a: Range, b: Range): Range {
  switch (operator) {
    case '+':
      return of(a.min + b.min, a.max + b.max)
    case '-':
      return of(a.min - b.max, a.max - b.min)
    case '*':
      return of(a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max)
    case '/': {
      const most = Math.max(Math.abs(a.min), Math.abs(a.max))
      if (holds(b, 0)) return of(-most, most)
      return of(...[a.min, a.max].flatMap((one) => [Math.trunc(one / b.min), Math.trunc(one / b.max)]))
    }
    case '%': {
      const most = Math.max(Math.abs(b.min), Math.abs(b.max)) - 1
      return { min: a.min < 0 ? Math.max(a.min, -most) : 0, max: a.max > 0 ? Math.min(a.max, most) : 0 }
    }
  }
}
