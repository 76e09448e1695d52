import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { bareEnvironment } from '#test/support/pilar.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { sql, appUrl } = await testDatabase()

function command(...given: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'administrator-command.ts'), ...given],
      { env: { ...bareEnvironment(), DATABASE_URL: appUrl } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, said: `${stdout}${stderr}` }),
    ),
  )
}

test('npm run administrator makes the first account of an installation, and lets it back in', async () => {
  assert.deepEqual(await sql('select 1 from account'), [], 'no account comes with the software')
  assert.equal((await command()).code, 2)
  assert.equal((await command('--username', 'Huruf Besar')).code, 2)
  const first = await command('--username', 'sri.wahyuni', '--name', 'Sri Wahyuni')
  assert.equal(first.code, 0, first.said)
  assert.match(first.said, /^Made: sri\.wahyuni, national administrator\n.*: ([a-z2-9]{4}-){3}[a-z2-9]{4}\n$/)
  assert.ok(!/argon2/.test(first.said))

  await sql(
    `update account set must_change_password = false, active = false, totp_confirmed_at = now(), totp_secret = '\\x00'`,
  )
  await sql(
    `insert into session (id, token_hash, account_id, expires_at) select gen_random_uuid(), '\\x01', id, now() + interval '1 day' from account`,
  )
  const again = await command('--username', 'sri.wahyuni')
  assert.match(again.said, /^Opened again: sri\.wahyuni/)
  const [account] = await sql(
    `select c.active, c.must_change_password, c.totp_secret, s.ended_at is not null as ended, c.name,
       (select count(*) from assignment) as assignments from account c join session s on s.account_id = c.id`,
  )
  assert.deepEqual(account, {
    active: true,
    must_change_password: true,
    totp_secret: null,
    ended: true,
    name: 'Sri Wahyuni',
    assignments: 1,
  })
  assert.equal((await sql(`select 1 from audit_entry where act = 'administrator_made'`)).length, 2)
})
