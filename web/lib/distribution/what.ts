import { formatNumber, formatRupiah } from '#lib/format.ts'
import { getLocale } from '#locale'
import type { Goods } from '#src/distribution/rounds/schema.ts'

/** 'Rp 200.000 + Beras 10 kg' */
export const whatOf = ({ amount, goods }: { amount: number; goods: Goods }): string =>
  [
    ...(amount > 0 || goods.length === 0 ? [formatRupiah(amount)] : []),
    ...goods.map((one) => `${getLocale() === 'en' ? one.nameEn : one.name} ${formatNumber(one.quantity)} ${one.unit}`),
  ].join(' + ')
