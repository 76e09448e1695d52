import { fail, redirect } from '@sveltejs/kit'
import { act, doneAlready, failure, readCase, whyNot } from '#lib/complaints/follow.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const tracking = await readCase(event)
  const query = event.url.searchParams
  return {
    tracking,
    matter: { nameId: tracking.matterNameId, nameEn: tracking.matterNameEn },
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
