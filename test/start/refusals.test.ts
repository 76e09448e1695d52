import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { readConfig } from '#src/config.ts'
import { freePort } from '#src/platform/db/embedded.ts'
import { refusalOf } from '#src/platform/db/owner.ts'
import { startPilar } from '#test/support/pilar.ts'
import { testServerUrl } from '#test/support/postgres.ts'

/** Starts, expects the end with code 1, a whole sentence, and no stack. */
async function refused(environment: Record<string, string>): Promise<string> {
  const pilar = await startPilar(environment)
  assert.equal(await pilar.ended, 1, pilar.output())
  const output = pilar.output()
  assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m, 'a stack was printed')
  return output
}

test('a port that is taken', async () => {
  const other = createServer()
  const port = await new Promise<number>((resolve) =>
    other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
  )
  const output = await refused({ PORT: String(port) })
  other.close()
  assert.match(
    output,
    new RegExp(`Port ${port} of 127.0.0.1 is taken by another program. Stop that one, or .*PORT=${port + 1}`),
  )
})

test('an address that is not of this machine', async () => {
  assert.match(await refused({ HOST: '192.0.2.1' }), /192\.0\.2\.1 is not an address of this machine\. Set HOST/)
})

test('a setting that is wrong is named', async () => {
  const output = await refused({ PORT: 'abc', LOG_LEVEL: 'loud' })
  assert.match(output, /PORT is not right: it must be a number from 0 to 65535\./)
  assert.match(output, /LOG_LEVEL is not right: it must be trace, debug/)
})

test('a database that does not answer', async () => {
  const url = `postgres://pilar_owner:secret-word@127.0.0.1:${await freePort()}/pilar`
  const output = await refused({ DATABASE_URL: url })
  assert.match(
    output,
    /No database answers at postgres:\/\/pilar_owner@127\.0\.0\.1:\d+\/pilar \(ECONNREFUSED\)\. Start PostgreSQL there, or correct DATABASE_URL\./,
  )
  assert.doesNotMatch(output, /secret-word/)
})

test('a wrong password', async () => {
  const url = new URL(await testServerUrl('pilar_owner', 'postgres'))
  url.password = 'not-the-password'
  assert.match(
    await refused({ DATABASE_URL: url.href }),
    /refuses the password\. Correct the password in DATABASE_URL\./,
  )
})

test('a database that is not there', async () => {
  const url = await testServerUrl('pilar_owner', 'no_such_database')
  assert.match(await refused({ DATABASE_URL: url }), /There is no such database: .*no_such_database\. Create it/)
})

test('an application that could pass by row-level security', async () => {
  const owner = await testServerUrl('pilar_owner', 'postgres')
  const superuser = await testServerUrl('postgres', 'postgres')
  assert.match(
    await refused({ DATABASE_URL: superuser, DATABASE_OWNER_URL: owner }),
    /The user postgres of DATABASE_URL passes by row-level security/,
  )
})

test('two addresses of two databases', async () => {
  const output = await refused({
    DATABASE_URL: await testServerUrl('pilar_app', 'template1'),
    DATABASE_OWNER_URL: await testServerUrl('pilar_owner', 'postgres'),
  })
  assert.match(output, /point to two different databases/)
})

test('a data folder that is no folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'pilar-start-'))
  const file = path.join(folder, 'data')
  await writeFile(file, '')
  const output = await refused({ PILAR_DATA: file })
  await rm(folder, { recursive: true })
  assert.match(
    output,
    /The data folder .* cannot be written \(EEXIST\|?\w*\)\. Start Pilar as the user it belongs to, or set PILAR_DATA/,
  )
})

test('which servers are refused', () => {
  const refusal = (version: number, encoding = 'UTF8') =>
    refusalOf({ version, name: `${version}.1`, encoding }, 'postgres://db/pilar', 'DATABASE_URL')
  assert.deepEqual(
    [15, 16, 17, 18].map((version) => refusal(version)),
    [undefined, undefined, undefined, undefined],
  )
  assert.match(refusal(14) ?? '', /PostgreSQL 15 to 18; at postgres:\/\/db\/pilar runs 14\.1\. Point DATABASE_URL/)
  assert.match(refusal(19) ?? '', /15 to 18/)
  assert.match(refusal(16, 'LATIN1') ?? '', /keeps its text as LATIN1; Pilar needs UTF8\. Make a new one: createdb/)
})

test('what is read from the environment', () => {
  const plain = readConfig({})
  assert.deepEqual(plain.database, { kind: 'embedded' })
  assert.equal(plain.demonstration, true)
  assert.equal(readConfig({ NODE_ENV: 'production' }).demonstration, false, 'no demonstration in production')
  assert.equal(readConfig({ DATABASE_URL: 'postgres://a@b/c' }).demonstration, false, 'none in a database of others')
  assert.equal(readConfig({ DATABASE_URL: 'postgres://a@b/c', PILAR_DEMO: '1' }).demonstration, true)
  assert.equal(readConfig({ PORT: '  ' }).port, 3000, 'blank is not set')
  assert.equal(readConfig({ PILAR_URL: 'https://pilar.example.go.id/' }).baseUrl, 'https://pilar.example.go.id')
  assert.equal(readConfig({ PILAR_TRUST_PROXY: '10.0.0.1,10.0.0.2' }).trustProxy, '10.0.0.1,10.0.0.2')
  assert.throws(
    () => readConfig({ OIDC_ISSUER: 'https://sso.example' }),
    /OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set too/,
  )
  const whatsapp = {
    PILAR_WHATSAPP_URL: 'https://graph.example/v24.0/',
    PILAR_WHATSAPP_PHONE_ID: '106600000',
    PILAR_WHATSAPP_TOKEN: 'EAAB-token',
    PILAR_WHATSAPP_APP_SECRET: '0123456789abcdef',
    PILAR_WHATSAPP_VERIFY_TOKEN: '0123456789abcdef',
  }
  const mail = { PILAR_SMTP_URL: 'smtps://u:p@mail.example:465', PILAR_MAIL_FROM: 'Pilar Kota <pilar@contoh.example>' }
  assert.deepEqual(plain.messages, { whatsapp: null, email: null })
  const { messages } = readConfig({ ...whatsapp, ...mail })
  assert.equal(messages.whatsapp?.url, 'https://graph.example/v24.0')
  assert.deepEqual(messages.email, { url: mail.PILAR_SMTP_URL, from: mail.PILAR_MAIL_FROM })
  assert.throws(
    () => readConfig({ PILAR_WHATSAPP_TOKEN: 'EAAB-token' }),
    /PILAR_WHATSAPP_URL and PILAR_WHATSAPP_PHONE_ID and .* must be set too: WhatsApp needs/,
  )
  assert.throws(
    () => readConfig({ PILAR_SMTP_URL: mail.PILAR_SMTP_URL }),
    /PILAR_MAIL_FROM must be set too: e-mail needs/,
  )
  assert.throws(() => readConfig({ ...mail, PILAR_MAIL_FROM: 'Pilar\nBcc: a@b' }), /PILAR_MAIL_FROM is not right/)
  assert.throws(
    () => readConfig({ ...whatsapp, PILAR_WHATSAPP_URL: 'http://graph.example/v24.0' }),
    /must begin with https/,
  )
  assert.equal(
    readConfig({ ...whatsapp, PILAR_WHATSAPP_URL: 'http://127.0.0.1:4000/v1' }).messages.whatsapp?.url,
    'http://127.0.0.1:4000/v1',
    'a double on the machine itself',
  )
  assert.throws(() => readConfig({ DATABASE_OWNER_URL: 'postgres://a@b/c' }), /DATABASE_URL is not/)
  assert.throws(
    () => readConfig({ PILAR_SECRET: 'short' }),
    /PILAR_SECRET is not right: it must be 64 hexadecimal digits/,
  )
})
