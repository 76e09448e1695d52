import type { Actor } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../register/index.ts'
import type { ImportState } from './schema.ts'

/** Who may load a file: whoever works in a social office. What they see is theirs by row security: their region's. */
export function authorizeImport(actor: Actor): void {
  if (!inSocialOffice(actor)) throw forbidden('register.import')
}

export type ImportAct = 'map' | 'check' | 'confirm' | 'pause' | 'resume' | 'cancel'

const from: Readonly<Record<ImportAct, readonly ImportState[]>> = {
  map: ['uploaded', 'checked'],
  check: ['uploaded', 'checked'],
  confirm: ['checked'],
  pause: ['loading'],
  resume: ['paused'],
  cancel: ['uploaded', 'checking', 'checked', 'loading', 'paused'],
}

/** What can be done to an import in this state. `ours`: the actor works in the office that sent the file. */
export const canDo = (act: ImportAct, state: ImportState, ours: boolean): boolean => ours && from[act].includes(state)

export const actsOn = (state: ImportState, ours: boolean): ImportAct[] =>
  (Object.keys(from) as ImportAct[]).filter((act) => canDo(act, state, ours))
