import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import sharp from 'sharp'
import { readTar } from '#src/platform/backup/tar.ts'
import { stopLeftover } from '#src/platform/db/embedded-leftover.ts'
import { withClient } from '#src/platform/db/owner.ts'
import { debianPostgres, startDebianPostgres } from '#test/support/debian-postgres.ts'
import { bareEnvironment, startPilar } from '#test/support/pilar.ts'
import { scratch } from '#test/support/scratch.ts'

type Filed = { id: string; number: string; secret: string; body: string }
type Manifest = { tables: Record<string, { rows: number; sha256: string }>; files: { count: number; bytes: number } }
type About = { head: string; migrations: string[]; sequences: { name: string; last: string }[] }

const root = path.join(import.meta.dirname, '../..')
const place = await mkdtemp(path.join(scratch, 'pilar-backup-'))
const at = (name: string) => path.join(place, name)
after(async () => {
  for (const name of await readdir(place)) await stopLeftover(at(`${name}/postgres`), () => {}).catch(() => {})
  await rm(place, { recursive: true, force: true })
})

let callers = 0
/** Every request comes from another citizen, or the limit of one caller would end the test. */
const caller = () => `198.18.${Math.floor(++callers / 250) % 250}.${(callers % 250) + 1}`

async function file(url: string): Promise<Filed> {
  const body = `Keluarga nomor ${callers} belum pernah menerima bantuan.\tSudah didata \\ dua kali,\nkata "petugas" 😀.`
  const answer = await fetch(`${url}/api/complaints`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': caller() },
    body: JSON.stringify({
      regionCode: '32.75.01.1002',
      class: 'complaint',
      matter: 'enrolment.not_listed',
      programmeCode: 'BST',
      body,
      complainant: { name: `Pelapor ${callers}`, nik: '9999015708859001', phone: '0812 0000 9001' },
    }),
  })
  assert.equal(answer.status, 201, await answer.clone().text())
  return { ...((await answer.json()) as Omit<Filed, 'body'>), body }
}

const asCitizen = ({ number, secret }: Filed) => ({
  'x-tracking': `${number} ${secret}`,
  'x-forwarded-for': caller(),
})

async function addPhoto(url: string, filed: Filed, photo: Buffer): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'rumah.jpg')
  const answer = await fetch(`${url}/api/tracking/evidence`, { method: 'POST', headers: asCitizen(filed), body: form })
  assert.ok(answer.ok, await answer.text())
}

type Tracking = { files?: { id: string; name: string }[]; attachments?: { id: string; name: string }[] }

async function photoOf(url: string, filed: Filed): Promise<Buffer> {
  const tracking = (await (await fetch(`${url}/api/tracking`, { headers: asCitizen(filed) })).json()) as Tracking
  const [first] = tracking.files ?? tracking.attachments ?? []
  assert.ok(first, JSON.stringify(Object.keys(tracking)))
  const answer = await fetch(`${url}/api/tracking/files/${first.id}`, { headers: asCitizen(filed) })
  assert.equal(answer.status, 200)
  return Buffer.from(await answer.arrayBuffer())
}

/** A command as `npm run` runs it, with nothing of the test's own settings. */
async function command(args: string[], environment: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...bareEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? -1)))
  return { code, output: Buffer.concat(output).toString() }
}

const backup = (archive: string, environment: Record<string, string>) =>
  command(['scripts/backup.mjs', archive], environment)
const restore = (archive: string, environment: Record<string, string>) =>
  command(['scripts/restore.mjs', archive], environment)

async function look(archive: string): Promise<{ about: About; manifest: Manifest; names: string[] }> {
  const found: Record<string, unknown> = {}
  const names: string[] = []
  for await (const { name, body } of readTar(createReadStream(archive).pipe(createGunzip()))) {
    names.push(name)
    if (name.endsWith('.json')) found[name] = JSON.parse((await buffer(body)).toString())
  }
  return { about: found['about.json'] as About, manifest: found['manifest.json'] as Manifest, names }
}

/** What is written by taking a backup, bringing it back and looking at the log. */
const goesOn = new Set(['audit_entry', 'audit_pending', 'audit_seal', 'audit_verification'])

test('a backup taken in the middle of writes comes back whole', { timeout: 600_000 }, async (t) => {
  const source = { PILAR_DATA: at('source'), PILAR_TRUST_PROXY: 'true' }
  const copy = { PILAR_DATA: at('copy'), PILAR_TRUST_PROXY: 'true' }
  const archive = at('first.tar.gz')
  const photo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#875' } })
    .jpeg()
    .toBuffer()

  const pilar = await startPilar(source)
  await pilar.ready
  const before: Filed[] = []
  for (let index = 0; index < 12; index++) before.push(await file(pilar.url))
  const [withPhoto] = before
  assert.ok(withPhoto)
  await addPhoto(pilar.url, withPhoto, photo)
  const kept = await photoOf(pilar.url, withPhoto)

  const meanwhile: Filed[] = []
  let going = true
  const writer = (async () => {
    while (going) meanwhile.push(await file(pilar.url))
  })()
  while (meanwhile.length < 3) await sleep(20)
  const taken = await backup(archive, source)
  const written = meanwhile.length
  going = false
  await writer
  assert.equal(taken.code, 0, taken.output)
  assert.ok(written > 3, 'somebody filed while the backup was taken')
  const { about, manifest, names } = await look(archive)

  await t.test('the archive holds everything, for its owner only', async () => {
    assert.equal(((await stat(archive)).mode & 0o777).toString(8), '600')
    assert.equal(manifest.files.count, 1)
    assert.ok(names.includes('key'))
    assert.ok(Number(manifest.tables['complaint']?.rows) >= before.length + 3)
    assert.ok(Number(manifest.tables['region']?.rows) > 90_000)
    assert.ok(!('session' in manifest.tables) && !('event_log' in manifest.tables))
    const again = await backup(archive, source)
    assert.equal(again.code, 1)
    assert.match(again.output, /is there already, and a backup overwrites nothing/)
  })
  pilar.kill('SIGTERM')
  assert.equal(await pilar.ended, 0, pilar.output())

  await t.test('what would overwrite something is refused', async () => {
    const over = await restore(archive, source)
    assert.equal(over.code, 1)
    assert.match(over.output, /is not empty, and a restore overwrites nothing/)
  })

  await t.test('an archive that was cut off leaves nothing behind', async () => {
    const cut = at('cut.tar.gz')
    await writeFile(cut, await readFile(archive))
    await truncate(cut, Math.floor((await stat(cut)).size / 2))
    const refused = await restore(cut, { PILAR_DATA: at('nowhere') })
    assert.equal(refused.code, 1, refused.output)
    assert.match(refused.output, /is not a whole backup/)
    assert.deepEqual(await readdir(at('nowhere')), [])
  })

  const restored = await restore(archive, copy)
  assert.equal(restored.code, 0, restored.output)
  assert.match(restored.output, /The audit log is whole/)

  await t.test('a backup of what was restored is equal, table by table', async () => {
    const second = at('second.tar.gz')
    const retaken = await backup(second, copy)
    assert.equal(retaken.code, 0, retaken.output)
    const now = await look(second)
    assert.deepEqual(now.about.migrations, about.migrations)
    assert.deepEqual(now.manifest.files, manifest.files)
    const same = (tables: Manifest['tables']) => Object.entries(tables).filter(([name]) => !goesOn.has(name))
    assert.ok(same(manifest.tables).length > 35)
    assert.deepEqual(same(now.manifest.tables), same(manifest.tables))
    for (const name of ['audit_entry', 'audit_seal'])
      assert.ok(Number(now.manifest.tables[name]?.rows) > Number(manifest.tables[name]?.rows), name)
  })

  const next = await startPilar(copy)
  await next.ready
  await t.test('every citizen follows their case with the number and secret they hold', async () => {
    for (const filed of before) {
      const answer = await fetch(`${next.url}/api/tracking`, { headers: asCitizen(filed) })
      assert.equal(answer.status, 200, filed.number)
      assert.ok(JSON.stringify(await answer.json()).includes(JSON.stringify(filed.body).slice(1, -1)))
    }
    assert.deepEqual(await photoOf(next.url, withPhoto), kept)
  })

  await t.test('work goes on: new numbers, a longer chain that still holds its old head', async () => {
    const fresh = await file(next.url)
    assert.ok(![...before, ...meanwhile].some((one) => one.number === fresh.number))
    const verified = await command(['src/platform/audit/verify-command.ts', '--head', about.head], copy)
    assert.equal(verified.code, 0, verified.output)
    assert.match(verified.output, /^utuh$/m)
    const links = Number(/(\d+) links/.exec(verified.output)?.[1])
    assert.ok(links > Number(about.head.split(':')[0]), verified.output)
  })
  next.kill('SIGTERM')
  assert.equal(await next.ended, 0, next.output())

  const bin = debianPostgres(15)
  await t.test(
    'the same archive comes back into PostgreSQL 15, and pg_dump and pg_restore of that version carry it on',
    { skip: bin ? false : 'Debian PostgreSQL 15 is not installed (apt-get install postgresql-15)' },
    async () => {
      assert.ok(bin)
      const url = await startDebianPostgres(bin)
      const superuser = (statement: string) =>
        withClient(url('postgres', 'postgres'), {}, (client) => client.query(statement))
      // As docs/howto/production.md says, where the owner may not make roles.
      for (const statement of [
        'create role pilar_owner login',
        'create role pilar_app login noinherit',
        'create role pilar_citizen nologin',
        'create role pilar_system nologin',
        'grant pilar_citizen, pilar_system to pilar_app',
      ])
        await superuser(statement)
      const external = (database: string, folder: string) => ({
        DATABASE_URL: url('pilar_app', database),
        DATABASE_OWNER_URL: url('pilar_owner', database),
        PILAR_DATA: at(folder),
      })
      await superuser(`create database pilar owner pilar_owner encoding 'UTF8' template template0 locale 'C.UTF-8'`)
      await superuser('revoke connect on database pilar from public')
      await superuser('grant connect on database pilar to pilar_app')
      const elsewhere = await restore(archive, external('pilar', 'external'))
      assert.equal(elsewhere.code, 0, elsewhere.output)

      // As docs/howto/backup-and-restore.md says.
      await superuser('create database pilar_new owner pilar_owner')
      const dump = at('pilar.dump')
      const left = ['event_log', 'session', 'sign_in_step', 'throttle'].map((name) => `--exclude-table-data=${name}`)
      const run = (program: string, args: string[]) =>
        new Promise<number>((resolve) =>
          spawn(path.join(bin, program), args, { stdio: ['ignore', 'ignore', 'inherit'] }).once('close', (code) =>
            resolve(code ?? -1),
          ),
        )
      const owner = (database: string) => `--dbname=${url('pilar_owner', database)}`
      assert.equal(
        await run('pg_dump', [owner('pilar'), '-Fc', `--file=${dump}`, '--exclude-schema=pgboss', ...left]),
        0,
      )
      assert.equal(await run('pg_restore', [owner('pilar_new'), '--exit-on-error', '--single-transaction', dump]), 0)
      await withClient(url('pilar_owner', 'pilar_new'), {}, (client) =>
        client.query(`update event_pruned set xid = '0', id = 0`),
      )
      const rows = async (database: string) =>
        (
          await withClient(url('pilar_owner', database), {}, (client) =>
            client.query(`select (select count(*) from complaint) c, (select count(*) from complaint_event) e,
              (select count(*) from office) o, (select md5(string_agg(t::text, '' order by id)) from complaint t) m`),
          )
        ).rows
      assert.deepEqual(await rows('pilar_new'), await rows('pilar'))

      const served = await startPilar({ ...external('pilar_new', 'external'), PILAR_TRUST_PROXY: 'true' })
      await served.ready
      const [first] = before
      assert.ok(first)
      assert.equal((await fetch(`${served.url}/api/tracking`, { headers: asCitizen(first) })).status, 200)
      await file(served.url)
      served.kill('SIGTERM')
      assert.equal(await served.ended, 0, served.output())
      const verified = await command(
        ['src/platform/audit/verify-command.ts', '--head', about.head],
        external('pilar_new', 'external'),
      )
      assert.equal(verified.code, 0, verified.output)
    },
  )
})
