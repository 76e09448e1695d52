import { askForWithdrawal, decideWithdrawal, keepChanged } from '#lib/distribution/withdrawing.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  cabut: (event) => askForWithdrawal(event),
  tetap: (event) => keepChanged(event),
  putuskan: (event) => decideWithdrawal(event),
}
