import { tmpdir } from 'node:os'
import { globalSetup, globalTeardown } from '#test/support/postgres.ts'
import { importBench } from './imports.ts'

/*
 * Only the import against raw COPY, of any number of people: node bench/only-imports.ts 1000000
 */

await globalSetup(tmpdir())
try {
  const { rows, importSeconds, copySeconds, ratio } = await importBench(Number(process.argv[2] ?? 20_000), (line) =>
    console.log(`# ${line}`),
  )
  console.log(
    `${ratio >= 0.4 ? 'ok  ' : 'MISS'} importing ${rows} people: ${importSeconds.toFixed(1)} s, raw COPY ${copySeconds.toFixed(1)} s, ratio ${ratio.toFixed(2)} (wanted ≥ 0.4)`,
  )
} finally {
  await globalTeardown()
}
process.exit(0)
