import { formatNumber } from '#lib/format.ts'

/** 480 kB, 2,4 MB. */
export const sayBytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${formatNumber(Math.max(1, Math.round(bytes / 1000)))} kB` : `${formatNumber(bytes / 1e6, 1)} MB`
