import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { after, test } from 'node:test'
import { withClient } from '#src/platform/db/owner.ts'
import { debianPostgres, startDebianPostgres } from '#test/support/debian-postgres.ts'
import { startPilar } from '#test/support/pilar.ts'
import { scratch } from '#test/support/scratch.ts'

const bin = debianPostgres(15)

test(
  "PostgreSQL 15 from Debian's package instead of the embedded one",
  { skip: bin ? false : 'Debian PostgreSQL 15 is not installed (apt-get install postgresql-15)', timeout: 300_000 },
  async (t) => {
    assert.ok(bin)
    const url = await startDebianPostgres(bin)
    const folder = await mkdtemp(path.join(scratch, 'pilar-external-'))
    after(() => rm(folder, { recursive: true, force: true }))
    const superuser = (database: string, statement: string) =>
      withClient(url('postgres', database), {}, (client) => client.query(statement))
    // As docs/howto/production.md says: an owner without any special power but making roles.
    await superuser('postgres', 'create role pilar_owner login createrole')
    await superuser('postgres', 'create database pilar owner pilar_owner')
    const owner = url('pilar_owner', 'pilar')
    const application = url('pilar_app', 'pilar')

    await t.test('the owner migrates, the application serves', async () => {
      // pilar_app is not there yet: DATABASE_URL can only be reached after the owner has made the roles.
      const pilar = await startPilar({ DATABASE_URL: application, DATABASE_OWNER_URL: owner, PILAR_DATA: folder })
      await pilar.ready
      assert.equal((await fetch(`${pilar.url}/api/openapi.json`)).status, 200)
      assert.equal((await fetch(pilar.url)).status, 200)
      pilar.kill('SIGTERM')
      assert.equal(await pilar.ended, 0, pilar.output())
      const { rows } = await withClient(owner, {}, (client) => client.query(`select count(*)::int as n from region`))
      assert.ok(Number((rows[0] as { n: number }).n) > 90_000)
    })

    await t.test('with the address of the owner alone', async () => {
      const pilar = await startPilar({ DATABASE_URL: owner, PILAR_DATA: folder })
      await pilar.ready
      assert.equal((await fetch(pilar.url)).status, 200)
      const { rows } = await withClient(url('postgres', 'pilar'), {}, (client) =>
        client.query<{ who: string }>(
          `select distinct usename as who from pg_stat_activity where application_name in ('pilar', 'pilar-jobs')`,
        ),
      )
      assert.deepEqual(rows, [{ who: 'pilar_owner' }])
      pilar.kill('SIGTERM')
      assert.equal(await pilar.ended, 0, pilar.output())
    })

    await t.test('with the address of the application alone, where another process migrates', async () => {
      const pilar = await startPilar({ DATABASE_URL: application, PILAR_DATA: folder })
      await pilar.ready
      assert.equal((await fetch(pilar.url)).status, 200)
      pilar.kill('SIGTERM')
      assert.equal(await pilar.ended, 0, pilar.output())
    })

    await t.test('a database that does not keep its text as UTF8', async () => {
      await superuser('postgres', `create database old encoding 'LATIN1' template template0 locale 'C'`)
      const pilar = await startPilar({ DATABASE_URL: url('pilar_owner', 'old'), PILAR_DATA: folder })
      assert.equal(await pilar.ended, 1)
      assert.match(pilar.output(), /keeps its text as LATIN1; Pilar needs UTF8\. Make a new one: createdb/)
    })

    await t.test('an owner who may not make what is missing', async () => {
      await superuser('postgres', 'create role reader login')
      await superuser('postgres', 'create database bare')
      const pilar = await startPilar({ DATABASE_URL: url('reader', 'bare'), PILAR_DATA: folder })
      assert.equal(await pilar.ended, 1)
      assert.match(pilar.output(), /may not make roles|may not do what is needed/)
    })
  },
)
