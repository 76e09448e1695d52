import { say } from '#lib/ui/toasts.svelte.ts'
import { m } from '#messages'
import { forgetAndLeave } from './kept.ts'

/** For the form that signs out: what this telephone keeps of people goes first. Without a line nobody is signed out, and nothing goes. */
export async function forgetAndSend(event: SubmitEvent): Promise<void> {
  event.preventDefault()
  const form = event.currentTarget as HTMLFormElement
  if (!navigator.onLine) {
    say(m.offline_sign_out(), { tone: 'warning' })
    return
  }
  // A store that does not answer must not keep anybody signed in.
  await Promise.race([forgetAndLeave().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 1500))])
  form.submit()
}
