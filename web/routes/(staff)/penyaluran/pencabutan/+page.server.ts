import { decideWithdrawal } from '#lib/distribution/withdrawing.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  putuskan: (event) => decideWithdrawal(event),
}
