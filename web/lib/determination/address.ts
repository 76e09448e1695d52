/** An address with the filters that are set; those that are empty are left out. */
export function addressOf(path: string, filters: Readonly<Record<string, string | null | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(filters)) if (value) query.set(key, value)
  return query.size > 0 ? `${path}?${query}` : path
}

/** What of an address is asked for: the keys given, cleaned, nothing empty. */
export function askedOf<Key extends string>(url: URL, keys: readonly Key[]): Partial<Record<Key, string>> {
  const asked: Partial<Record<Key, string>> = {}
  for (const key of keys) {
    const value = url.searchParams.get(key)?.trim()
    if (value) asked[key] = value
  }
  return asked
}
