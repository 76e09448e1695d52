import type { Receiver, ShortReason } from '#src/distribution/handover/schema.ts'
import { m } from '#messages'
import { formatNumber } from '#lib/format.ts'

/** What was typed where not everything is handed over: numbers as people write them, by code of the goods. */
export type PartDraft = { amount: string; pieces: Record<string, string>; reason: string }
export type Part = { amount: number; goods: { code: string; quantity: number }[]; shortReason: ShortReason }
type Entitled = Pick<Receiver, 'amount' | 'goods'>

/** Everything, to be made less; or what was recorded before. */
export const partDraft = (entitled: Entitled, before?: Partial<Part>): PartDraft => ({
  amount: String(before?.amount ?? entitled.amount),
  pieces: Object.fromEntries(
    entitled.goods.map((one) => [
      one.code,
      String(before?.goods ? (before.goods.find(({ code }) => code === one.code)?.quantity ?? 0) : one.quantity),
    ]),
  ),
  reason: before?.shortReason ?? '',
})

/** The part that was typed, or a sentence for each field that is wrong: 'partAmount', 'part-<code>', 'shortReason'. */
export function readPart(entitled: Entitled, draft: PartDraft): { part: Part } | { faults: Record<string, string> } {
  const faults: Record<string, string> = {}
  const read = (field: string, text: string, most: number): number => {
    const digits = text.replace(/[.\s]/g, '')
    const value = /^\d{1,15}$/.test(digits) ? Number(digits) : -1
    if (value < 0 || value > most) faults[field] = m.distribution_field_part_range({ most: formatNumber(most) })
    return value
  }
  const amount = entitled.amount > 0 ? read('partAmount', draft.amount, entitled.amount) : 0
  const goods = entitled.goods.map(({ code, quantity }) => ({
    code,
    quantity: read(`part-${code}`, draft.pieces[code] ?? '', quantity),
  }))
  const first = entitled.amount > 0 ? 'partAmount' : `part-${entitled.goods[0]?.code ?? ''}`
  if (Object.keys(faults).length === 0) {
    const whole = amount === entitled.amount && goods.every((one, at) => one.quantity === entitled.goods[at]?.quantity)
    if (whole) faults[first] = m.distribution_field_part_less()
    else if (amount === 0 && goods.every((one) => one.quantity === 0))
      faults[first] = m.distribution_field_part_nothing()
  }
  if (!draft.reason) faults['shortReason'] = m.distribution_field_choice_needed()
  if (Object.keys(faults).length > 0) return { faults }
  return { part: { amount, goods, shortReason: draft.reason as ShortReason } }
}
