import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { determinationBench } from './determination.ts'

/*
 * Only rules over everybody against SQL by hand, of any number: node bench/only-determination.ts 10000000
 */

await globalSetup()
try {
  const count = Number(process.argv[2] ?? 100_000)
  for (const { what, measured, wanted, ok } of await determinationBench(count, 5, (line) => console.log(`# ${line}`)))
    console.log(`${ok ? 'ok  ' : 'MISS'} ${what}: ${measured} (wanted ${wanted})`)
} finally {
  await globalTeardown()
}
process.exit(0)
