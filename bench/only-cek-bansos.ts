import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { checkBench } from './cek-bansos.ts'

/*
 * Only Cek Bansos, among any number of people: node bench/only-cek-bansos.ts 10000000
 */

await globalSetup()
try {
  const count = Number(process.argv[2] ?? 100_000)
  for (const { what, measured, wanted, ok } of await checkBench(count, count > 1_000_000 ? 8 : 4, (line) =>
    console.log(`# ${line}`),
  ))
    // prettier-ignore
    console.log(`${ok ? 'ok  ' : 'MISS'} ${what}: ${measured} (wanted ${wanted})`)
} finally {
  await globalTeardown()
}
process.exit(0)
