import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Scheduled, Stop } from '#src/distribution/rounds/schema.ts'
import type { Actions } from './$types'

const base = (id: string) => `/api/rounds/${encodeURIComponent(id)}`
const read = async (request: Request) => {
  const form = await request.formData()
  return { form, text: (name: string) => String(form.get(name) ?? '').trim() }
}
const local = (day: string, hour: string) => `${day}T${hour.slice(0, 5)}`

export const actions: Actions = {
  semua: async ({ request, fetch, params }) => {
    const { text } = await read(request)
    const values = {
      day: text('day'),
      from: text('from'),
      to: text('to'),
      place: text('place'),
      perDay: text('perDay'),
    }
    const answer = await send<Scheduled>(fetch, 'POST', `${base(params.id)}/schedule`, {
      startsAt: local(values.day, values.from),
      endsAt: local(values.day, values.to),
      ...(values.place && { place: values.place }),
      ...(values.perDay && { perDay: Number(values.perDay) }),
    })
    return answer.ok ? { scheduled: answer.data } : fail(answer.status, { problem: answer.problem, values })
  },
  tambah: async ({ request, fetch, params }) => {
    const { text } = await read(request)
    const added = {
      villageCode: text('villageCode'),
      way: text('way'),
      place: text('place2'),
      day: text('day2'),
      from: text('from2'),
      to: text('to2'),
    }
    const answer = await send<Stop>(fetch, 'POST', `${base(params.id)}/stops`, {
      villageCode: added.villageCode,
      way: added.way,
      place: added.place,
      startsAt: local(added.day, added.from),
      endsAt: local(added.day, added.to),
    })
    return answer.ok ? { another: true } : fail(answer.status, { problem: answer.problem, added })
  },
  ubah: async ({ request, fetch, params }) => {
    const { form, text } = await read(request)
    const id = text('id')
    const answer = await send<Stop>(fetch, 'PATCH', `${base(params.id)}/stops/${encodeURIComponent(id)}`, {
      way: text('way3'),
      place: text('place3'),
      address: text('address3') || null,
      startsAt: local(text('day3'), text('from3')),
      endsAt: local(text('day3'), text('to3')),
      note: text('note3') || null,
      people: form.getAll('people').map(String),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    redirect(303, `/penyaluran/${params.id}/jadwal`)
  },
  batal: async ({ request, fetch, params }) => {
    const { text } = await read(request)
    const answer = await send<Stop>(fetch, 'PATCH', `${base(params.id)}/stops/${encodeURIComponent(text('id'))}`, {
      cancelled: true,
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    redirect(303, `/penyaluran/${params.id}/jadwal`)
  },
}
