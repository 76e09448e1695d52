import type { AgreementPage } from '#src/people/exchange/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url }) => read<AgreementPage>(fetch, '/api/agreements', url)
