import type { CallbackRules } from './callback-address.ts'
import type { Voice } from './message.ts'
import { makeSigner } from './signature.ts'

/** How this process speaks to consumers: set where the routes are registered, used by the jobs beside them. */
export type Speaking = { voice: Voice; rules: CallbackRules }
let speaking: Speaking | undefined

/** Our name to others is the host of our address; our key follows from the key of the installation. */
export function speakAs(secret: Buffer, baseUrl: string, rules: CallbackRules): Speaking {
  speaking = { voice: { signer: makeSigner(secret), senderId: new URL(baseUrl).host }, rules }
  return speaking
}

export function ourVoice(): Speaking {
  if (!speaking) throw new Error('the routes of the exchange are not registered in this process')
  return speaking
}
