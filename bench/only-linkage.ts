import { tmpdir } from 'node:os'
import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { linkageBench } from './linkage.ts'

/*
 * Only the search for people who are there twice, among any number: node bench/only-linkage.ts 1000000
 */

await globalSetup(tmpdir())
try {
  for (const { what, measured, wanted, ok } of await linkageBench(Number(process.argv[2] ?? 20_000), (line) =>
    console.log(`# ${line}`),
  ))
    console.log(`${ok ? 'ok  ' : 'MISS'} ${what}: ${measured} (wanted ${wanted})`)
} finally {
  await globalTeardown()
}
process.exit(0)
