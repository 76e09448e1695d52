import { error, redirect } from '@sveltejs/kit'
import type { ListItem } from '#src/complaints/schema.ts'
import type { Contacts } from '#src/people/contacts/schema.ts'
import type { FamilyPair } from '#src/people/linkage/schema.ts'
import type { ProposalPage } from '#src/people/proposals/schema.ts'
import type { Assistance, Family, HistoryChange } from '#src/people/register/schema.ts'
import type { Entitlement } from '#src/programmes/determination/schema.ts'
import type { CasePage } from '#src/programmes/services/schema.ts'
import type { RegionMap } from '#src/regions/schema.ts'
import { ask, read } from '#lib/api.ts'
import { momentOf, momentQuery } from '#lib/register/moment.ts'
import { readForms } from '#lib/register/reference.ts'
import { readReference } from '#lib/work/reference.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params, depends }) => {
  depends('pilar:family')
  const moment = momentOf(url)
  const at = `/api/register/families/${encodeURIComponent(params.id)}`
  const asked = await ask<Family>(fetch, `${at}?${momentQuery(moment)}`)
  if (!asked.ok) {
    const { status, problem } = asked
    if (problem.code === 'open_first') return { closed: true as const, familyId: params.id }
    // Open, but not there on that day: whether it is there at all the present says.
    if (status === 404 && moment.on && (await ask(fetch, at)).ok)
      return { closed: false as const, absent: true as const, familyId: params.id, moment }
    // Waiting to be registered: there is a history to check, and nothing else yet.
    if (status === 404) {
      const history = await ask<HistoryChange[]>(fetch, `${at}/history`)
      if (!history.ok && history.problem.code === 'open_first') return { closed: true as const, familyId: params.id }
      if (history.ok && history.data.some((one) => one.state === 'reported'))
        return {
          closed: false as const,
          waiting: true as const,
          familyId: params.id,
          history: history.data,
          ...(await readForms(fetch, url)),
        }
    }
    if (status === 401) redirect(303, `/masuk?kembali=${encodeURIComponent(url.pathname)}`)
    error(status, { message: problem.title, code: problem.code })
  }
  const family = asked.data
  // What stands beside the family may fail by itself; the page goes on.
  const beside = async <T>(path: string) => {
    const answer = await ask<T>(fetch, path)
    return answer.ok ? answer.data : null
  }
  const [history, asking, reference, assistance, entitled, complaints, proposals, pairs, map, services, contacts] =
    await Promise.all([
      read<HistoryChange[]>(fetch, `${at}/history`, url),
      readForms(fetch, url, moment.on),
      readReference(fetch),
      beside<Assistance[]>(`${at}/assistance`),
      beside<Entitlement[]>(`${at}/entitlements`),
      beside<ListItem[]>(`/api/complaints/of-family/${family.id}`),
      beside<ProposalPage>(`/api/proposals?family=${family.id}&status=all&limit=20`),
      beside<FamilyPair[]>(`${at}/pairs`),
      beside<RegionMap>(`/api/regions/${family.region.code}/map`),
      beside<CasePage>(`/api/services/cases?family=${family.id}&status=all&limit=20`),
      beside<Contacts>(`${at}/contacts`),
    ])
  return {
    closed: false as const,
    family,
    history,
    ...asking,
    reference,
    assistance,
    entitled,
    complaints,
    proposals: proposals?.items ?? null,
    pairs,
    services: services?.items ?? null,
    contacts,
    map,
    moment,
  }
}
