import { decideAddition } from '#lib/determination/adding.ts'
import type { Actions } from './$types'

export const actions: Actions = { putuskan: (event) => decideAddition(event) }
