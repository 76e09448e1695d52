import { tmpdir } from 'node:os'
import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { findingBench } from './finding.ts'

/*
 * Only searching among people, of any number: node bench/only-people.ts 10000000
 */

await globalSetup(tmpdir())
try {
  const count = Number(process.argv[2] ?? 100_000)
  for (const { what, measured, wanted, ok } of await findingBench(count, count > 1_000_000 ? 8 : 3, (line) =>
    console.log(`# ${line}`),
  ))
    // prettier-ignore
    console.log(`${ok ? 'ok  ' : 'MISS'} ${what}: ${measured} (wanted ${wanted})`)
} finally {
  await globalTeardown()
}
process.exit(0)
