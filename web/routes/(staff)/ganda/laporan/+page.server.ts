import { type Report, type ReportKind, reportKinds } from '#src/people/linkage/schema.ts'
import { read } from '#lib/api.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const asked = url.searchParams.get('kind')
  const kind: ReportKind = reportKinds.find((one) => one === asked) ?? 'regions'
  return { kind, report: await read<Report>(fetch, `/api/register/pairs/reports/${kind}`, url) }
}
