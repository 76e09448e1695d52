import type { AccountPage } from '#src/access/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

/** The filter is the address, so that it can be kept, shared and gone back to. */
export const load: PageLoad = async ({ fetch, url }) => {
  const given = url.searchParams
  const query = new URLSearchParams()
  for (const name of ['q', 'regionCode', 'role', 'active', 'after']) {
    const value = given.get(name)
    if (value) query.set(name, value)
  }
  return { accounts: await read<AccountPage>(fetch, `/api/accounts?${query}`, url), query: query.toString() }
}
