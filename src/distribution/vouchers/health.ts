/*
 * The EU Digital COVID Certificate, whose tokens are made as ours are: what its published test vectors ask of a verifier
 * beyond the signature. Schema 1.0.0 to 1.3.0 of eu-dcc-schema.
 */

const HEALTH = -260
const CERTIFICATE = 1

/** What a key may be allowed to sign; 'voucher' is ours. */
export type Use = 'voucher' | 'test' | 'vaccination' | 'recovery'

const groups = { v: 'vaccination', t: 'test', r: 'recovery' } as const
type Group = keyof typeof groups

type Check = (value: unknown) => boolean
const text: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 80
const word: Check = (value) => typeof value === 'string' && value.length <= 80
const count: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 99
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value)
const day = matches(/^\d{4}-\d\d-\d\d$/)
const moment = matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$/)
const always = { tg: word, co: matches(/^[A-Z]{1,10}$/), is: word, ci: text }
const parts: Record<Group, Record<string, Check>> = {
  v: { ...always, vp: word, mp: word, ma: word, dn: count, sd: count, dt: matches(/^\d{4}-\d\d-\d\d(T.*)?$/) },
  t: { ...always, tt: word, sc: moment, tr: word },
  r: { ...always, fr: day, df: day, du: day },
}

/** The certificate within the claims, if there is one: a map, or whatever stands in its place. */
export const healthOf = (claims: Map<unknown, unknown>): unknown => {
  const held = claims.get(HEALTH)
  return held instanceof Map ? (held.get(CERTIFICATE) ?? null) : held
}

/** Claims to be a certificate and cannot be read as one. */
export const isBrokenHealth = (claims: Map<unknown, unknown>): boolean =>
  claims.has(HEALTH) && !(healthOf(claims) instanceof Map)

/** What the certificate attests, by the groups that are there. */
export const usesOf = (certificate: unknown): Use[] =>
  certificate instanceof Map
    ? (Object.keys(groups) as Group[]).filter((key) => certificate.has(key)).map((key) => groups[key])
    : []

/** One person, one group with one entry, every required field in its form. */
export function isWellFormed(certificate: unknown): boolean {
  if (!(certificate instanceof Map)) return false
  const name: unknown = certificate.get('nam')
  if (!matches(/^\d+\.\d+\.\d+$/)(certificate.get('ver'))) return false
  if (!matches(/^((19|20)\d\d(-\d\d){0,2})?$/)(certificate.get('dob'))) return false
  if (!(name instanceof Map) || !matches(/^[A-Z<]{1,80}$/)(name.get('fnt'))) return false
  if (['fn', 'gn'].some((key) => name.has(key) && !word(name.get(key)))) return false
  if (name.has('gnt') && !matches(/^[A-Z<]{0,80}$/)(name.get('gnt'))) return false
  const held = (Object.keys(groups) as Group[]).filter((key) => certificate.has(key))
  const [group] = held
  const entries: unknown = group && certificate.get(group)
  if (held.length !== 1 || !group || !Array.isArray(entries) || entries.length !== 1) return false
  const [entry] = entries as unknown[]
  return entry instanceof Map && Object.entries(parts[group]).every(([key, check]) => check(entry.get(key)))
}
