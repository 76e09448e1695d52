const day = /^\d{4}-\d\d-\d\d$/
const isDay = (text: string) => day.test(text) && !Number.isNaN(Date.parse(text))

/** Looking at the past as the address says it: days, '' where nothing is asked. What is no day is not asked. */
export function momentOf(url: URL): { on: string; known: string } {
  const read = (name: string) => {
    const text = url.searchParams.get(name) ?? ''
    return isDay(text) ? text : ''
  }
  const known = read('knownAt')
  // What was believed on a day was believed of that day, unless another one is named.
  return { on: read('on') || known, known }
}

/** The same for the API: believed on a day means until its end, in Jakarta. */
export function momentQuery({ on, known }: { on: string; known: string }): URLSearchParams {
  const query = new URLSearchParams()
  if (on) query.set('on', on)
  if (known) query.set('knownAt', `${known}T16:59:59.999Z`)
  return query
}
