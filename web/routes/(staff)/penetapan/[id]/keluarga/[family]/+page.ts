import { error, redirect } from '@sveltejs/kit'
import { ask, read } from '#lib/api.ts'
import { pathOf, readDetermination } from '#lib/determination/load.ts'
import type { ResultDetail } from '#src/programmes/determination/schema.ts'
import type { Explained, RuleField } from '#src/programmes/rules/schema.ts'
import type { PageLoad } from './$types'

/** One family of a list and the rule part by part; asks for a reason first where the family was not opened. */
export const load: PageLoad = async (event) => {
  const { fetch, url, params, setHeaders } = event
  setHeaders({ 'cache-control': 'no-store' })
  const list = await readDetermination(event)
  const asked = await ask<ResultDetail>(fetch, `${pathOf(list.id)}/families/${encodeURIComponent(params.family)}`)
  if (!asked.ok) {
    const { status, problem } = asked
    if (problem.code === 'open_first') return { list, closed: true as const, familyId: params.family }
    if (status === 401) redirect(303, `/masuk?kembali=${encodeURIComponent(url.pathname)}`)
    error(status, { message: problem.title, code: problem.code })
  }
  const detail = asked.data
  const [fields, now] = await Promise.all([
    read<{ items: RuleField[] }>(fetch, '/api/rules/fields', url),
    // Who is out was not frozen: the same rule is asked of the register as of that day.
    detail.explanation
      ? null
      : ask<Explained>(fetch, '/api/rules/explain', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            programmeCode: list.programmeCode,
            version: list.version,
            familyId: params.family,
            asOf: list.asOf,
          }),
        }),
  ])
  return {
    list,
    closed: false as const,
    familyId: params.family,
    result: detail.result,
    frozen: detail.explanation !== null,
    explained: (detail.explanation as Explained | null) ?? (now?.ok ? now.data : null),
    fields: fields.items,
  }
}
