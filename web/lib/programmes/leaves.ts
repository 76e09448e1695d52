/** Every single value of an object as text, by its path ('rule.conditions.0.cel'); without what is absent. */
export function leaves(given: unknown, path = ''): Map<string, string> {
  if (given === null || given === undefined || given === '') return new Map()
  if (typeof given !== 'object') return new Map([[path, String(given)]])
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(given))
    for (const [at, text] of leaves(value, path === '' ? name : `${path}.${name}`)) found.set(at, text)
  return found
}
