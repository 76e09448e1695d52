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
import { chosenFile } from '#lib/complaints/files.ts'
import { formatNumber } from '#lib/format.ts'
import type { Actions, PageServerLoad } from './$types'

const longest = 5000

export const load: PageServerLoad = async (event) => {
  const tracking = await readCaseToWrite(event)
  if (event.request.method === 'GET' && !tracking?.can.includes('reply')) redirect(303, '/lacak/aduan')
  return { tracking }
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const body = String(form.get('body') ?? '').replaceAll('\r\n', '\n')
    const refuse = (status: number, field: string, message: string) =>
      fail(status, { body, faults: [{ field, message }] })
    const words = body.trim()
    const shut = await locked(event, form)
    if (shut.length > 0) return fail(400, { body, ticket: typedTicket(form), faults: shut })
    if (!words && !chosenFile(form)) return refuse(400, 'body', m.public_reply_missing())
    if (words.length > longest)
      return refuse(400, 'body', m.public_reply_long({ over: formatNumber(words.length - longest) }))
    if (words && (await doneAlready(event, (tracking) => saidLast(tracking, 'citizen_replied', words))))
      redirect(303, '/lacak/aduan?selesai=balas')
    // The file first: if it is refused, nothing has been sent yet and both are still on the page.
    const why = await addChosenFile(event, form)
    if (why) return refuse(400, 'file', why)
    if (words) {
      const answer = await act(event, 'reply', { body: words })
      if (!answer.ok) return refuse(failure(answer.status), 'body', whyNot(answer))
    }
    redirect(303, `/lacak/aduan?selesai=${words ? 'balas' : 'bukti'}`)
  },
}
