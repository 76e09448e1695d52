import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import {
  act,
  addChosenFile,
  doneAlready,
  failure,
  locked,
  readCaseToWrite,
  saidLast,
  typedTicket,
  whyNot,
} from '#lib/complaints/follow.ts'
import { formatNumber } from '#lib/format.ts'
import type { Actions, PageServerLoad } from './$types'

const longest = 5000

export const load: PageServerLoad = async (event) => {
  const tracking = await readCaseToWrite(event)
  if (event.request.method === 'GET' && !tracking?.can.includes('reopen')) redirect(303, '/lacak/aduan')
  return { tracking }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const body = String(form.get('body') ?? '').replaceAll('\r\n', '\n')
    // The complaint is open again already, only its photo was refused: that alone is asked for once more.
    const half = form.has('opened')
    const refuse = (status: number, field: string, message: string, opened = half) =>
      fail(status, { body, opened, faults: [{ field, message }] })
    const shut = await locked(event, form)
    if (shut.length > 0) return fail(400, { body, opened: half, ticket: typedTicket(form), faults: shut })
    if (!half) {
      const words = body.trim()
      if (!words) return refuse(400, 'body', m.public_reopen_missing())
      if (words.length > longest)
        return refuse(400, 'body', m.public_reply_long({ over: formatNumber(words.length - longest) }))
      // A closed case takes no files, so it is opened first.
      const answer = await act(event, 'reopen', { body: words })
      if (!answer.ok && (await doneAlready(event, (tracking) => saidLast(tracking, 'reopened', words))))
        redirect(303, '/lacak/aduan?selesai=buka-lagi')
      if (!answer.ok) return refuse(failure(answer.status), 'body', whyNot(answer))
    }
    const why = await addChosenFile(event, form)
    if (why) return refuse(400, 'file', half ? why : m.public_reopen_half({ why }), true)
    redirect(303, '/lacak/aduan?selesai=buka-lagi')
  },
}
