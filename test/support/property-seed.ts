import fc from 'fast-check'

/**
 * One seed for every property, so that a run which fails here fails everywhere, and nobody's change is held up by a draw of
 * numbers that only they got. `PROPERTY_SEED=any` draws new ones, `PROPERTY_SEED=17` takes that of a report.
 */
const given = process.env['PROPERTY_SEED'] ?? '20260101'
if (given !== 'any') {
  if (!/^-?\d+$/.test(given)) throw new Error(`PROPERTY_SEED is a whole number or "any", not "${given}"`)
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given) })
}
