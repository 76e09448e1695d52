import { randomUUID } from 'node:crypto'
import { fail } from '@sveltejs/kit'
import { faultsOf, send } from '#lib/api.ts'
import { kindFaults, requestOf, typedOf, whoFaults } from '#lib/rights/asked.ts'
import { m } from '#messages'
import type { FiledRequest } from '#src/people/rights/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = () => ({ id: randomUUID() })

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const asked = typedOf(await request.formData())
    const faults = [
      ...kindFaults(asked),
      ...(asked.regionCode ? [] : [{ field: 'regionCode', message: m.rights_place_search() }]),
      ...whoFaults(asked),
    ]
    if (faults.length > 0) return fail(400, { asked, faults })
    const answer = await send<FiledRequest>(fetch, 'POST', '/api/rights/requests/desk', requestOf(asked))
    return answer.ok ? { filed: answer.data } : fail(answer.status, { asked, faults: faultsOf(answer.problem) })
  },
}
