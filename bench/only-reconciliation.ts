import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { reconciliationBench } from './reconciliation.ts'

/** The reconciliation alone, of any number: `node bench/only-reconciliation.ts 1000000`. */
await globalSetup()
try {
  for (const row of await reconciliationBench(Number(process.argv[2] ?? 20_000), (line) => console.log(`# ${line}`)))
    console.log(`${row.ok ? 'ok  ' : 'MISS'} ${row.what}: ${row.measured} (wanted ${row.wanted})`)
} finally {
  await globalTeardown()
}
