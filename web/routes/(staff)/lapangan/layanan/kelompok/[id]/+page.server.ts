import { fail, redirect } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import { photoOf, reportOf } from '#lib/service-cases/report.ts'
import type { Recorded, StepPage } from '#src/programmes/services/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params, url }) => {
    const form = await request.formData()
    const seq = url.searchParams.get('langkah') ?? ''
    const path = `/api/services/cases/${encodeURIComponent(params.id)}/steps/${encodeURIComponent(seq)}`
    const step = await read<StepPage>(fetch, path, url)
    const { values, report } = reportOf(form, step)
    const photo = step.open ? photoOf(form) : null
    if (photo) {
      const kept = await send(fetch, 'POST', `${path}/photos`, photo)
      if (!kept.ok) return fail(kept.status, { problem: kept.problem, values })
    }
    const answer = await send<Recorded>(fetch, 'POST', `${path}/record`, report)
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    redirect(303, `/lapangan/layanan?terkirim=${answer.data.again ?? 'ya'}`)
  },
}
