import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { bareEnvironment } from '#test/support/pilar.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { sql, appUrl } = await testDatabase()

function verify(...given: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'verify-command.ts'), ...given],
      { env: { ...bareEnvironment(), DATABASE_URL: appUrl } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` }),
    ),
  )
}

test('npm run audit:verify says utuh or what is broken, by its exit code too', async () => {
  const whole = await verify()
  assert.equal(whole.code, 0, whole.said)
  assert.match(whole.said, /^utuh\n\d+ links, head \d+:[0-9a-f]{64}\n$/)
  const head = /head (\S+)/.exec(whole.said)?.[1] ?? ''
  assert.equal((await verify('--head', head)).code, 0)

  const other = await verify('--head', head.replace(/.{4}$/, '0000'))
  assert.equal(other.code, 1)
  assert.match(other.said, /^broken at position \d+, entry \d+: the chain does not hold the link/)

  await sql(`alter table audit_entry disable trigger user; update audit_entry set act = 'insert ' where id = 3;
    alter table audit_entry enable trigger user`)
  const broken = await verify()
  assert.equal(broken.code, 1)
  assert.match(broken.said, /^broken at position \d+, entry 3: the entry is not what was sealed\n$/)

  assert.equal((await verify('--head', 'nonsense')).code, 2)
})
