import { read } from '#lib/api.ts'
import { askedOf } from '#lib/determination/address.ts'
import { programmesFor } from '#lib/determination/choices.ts'
import { pathOf } from '#lib/determination/load.ts'
import type { ProgrammePage } from '#src/programmes/catalogue/schema.ts'
import type { Determination } from '#src/programmes/determination/schema.ts'
import type { RuleDefinition } from '#src/programmes/rules/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

/** What can be tried: the rule of a list there is, or of a programme in force. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const own = me.acting?.regionCode ?? '00'
  const asked = askedOf(url, ['list', 'programmeCode', 'regionCode', 'quota', 'asOf', 'period'])
  const code = asked.regionCode ?? own
  const [programmes, list, programme, region] = await Promise.all([
    programmesFor(fetch, url, own),
    asked.list ? read<Determination>(fetch, pathOf(asked.list), url) : null,
    asked.programmeCode && !asked.list
      ? read<ProgrammePage>(fetch, `/api/programmes/${encodeURIComponent(asked.programmeCode)}`, url)
      : null,
    read<Region>(fetch, `/api/regions/${encodeURIComponent(code)}`, url),
  ])
  const rule = (list?.rule ?? programme?.current?.rule ?? null) as RuleDefinition | null
  return {
    programmes,
    asked,
    list,
    rule,
    programmeCode: list?.programmeCode ?? programme?.code ?? '',
    programmeName: list?.programmeName ?? programme?.name ?? '',
    region: list ? { code: list.region.code, pathName: list.region.name } : region,
  }
}
