import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import { buildApp } from '#src/app.ts'
import type { TrustedKey } from '#src/distribution/vouchers/index.ts'
import type { Db } from '#src/platform/db/index.ts'
import { openFileStore } from '#src/platform/files/index.ts'

/** The whole application on a test database, without pages and without a port: for `inject`. */
export async function testApp(
  db: Db,
  logger: object | boolean = { level: 'error' },
  voucherTrust: readonly TrustedKey[] = [],
) {
  const dir = await mkdtemp(path.join(tmpdir(), 'pilar-files-'))
  const app = await buildApp({
    db,
    files: await openFileStore({ dir }),
    baseUrl: 'http://localhost',
    secret: Buffer.alloc(32, 7),
    logger,
    voucherTrust,
  })
  await app.ready()
  after(async () => {
    await app.close()
    await rm(dir, { recursive: true, force: true })
  })
  return app
}
