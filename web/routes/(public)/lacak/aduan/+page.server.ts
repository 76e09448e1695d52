import { fail, redirect } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { act, doneAlready, failure, readCase, whyNot } from '#lib/complaints/follow.ts'
import type { Matter } from '#src/complaints/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const [tracking, matters] = await Promise.all([readCase(event), read<Matter[]>(event.fetch, '/api/matters')])
  const query = event.url.searchParams
  return {
    tracking,
    matter: matters.find(({ code }) => code === tracking.matter),
    whole: query.has('semua'),
    done: query.get('selesai') ?? '',
  }
}

export const actions: Actions = {
  satisfied: async (event) => {
    const answer = await act(event, 'satisfied')
    if (!answer.ok && !(await doneAlready(event, ({ satisfied }) => satisfied === true)))
      return fail(failure(answer.status), { fault: whyNot(answer) })
    redirect(303, '/lacak/aduan?selesai=puas')
  },
}
