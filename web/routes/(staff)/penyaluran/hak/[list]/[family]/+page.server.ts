import { askForWithdrawal, decideWithdrawal } from '#lib/distribution/withdrawing.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  cabut: (event) => askForWithdrawal(event, event.params),
  putuskan: (event) => decideWithdrawal(event),
}
