import { generateKeyPairSync, createPrivateKey, type KeyObject } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { Value } from 'typebox/value'
import { publicPart, signingKey } from './keys.ts'
import { qrPng, qrSvg } from './qr.ts'
import { Voucher } from './schema.ts'
import { signVoucher } from './sign.ts'
import { PREFIX, steps } from './token.ts'
import { readTrustList } from './trust.ts'
import { verifyToken } from './verify.ts'

/*
 * Vouchers without an installation: docs/howto/vouchers.md.
 *   npm run voucher -- verify --trust list.json [--prefix HC1:] [--at 2021-05-03T18:00:00Z] [--round UUID] < tokens
 *   npm run voucher -- sign --key key.json [--trust list.json] < vouchers
 *   npm run voucher -- qr picture.svg < token
 */

const USAGE = `npm run voucher -- verify --trust FILE [--prefix HC1:] [--at MOMENT] [--round UUID]   tokens come from standard input, one a line
npm run voucher -- sign --key FILE [--trust FILE]   vouchers come from standard input, one JSON object a line; makes the key if there is none
npm run voucher -- qr FILE   draws the token on standard input, as .svg or .png`

const say = (line: object | string) =>
  process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`)
function end(reason: string): never {
  process.stderr.write(`${reason}\n`)
  process.exit(2)
}
const lines = () => createInterface({ input: process.stdin, crlfDelay: Infinity })

const { positionals, values } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        prefix: { type: 'string' },
        at: { type: 'string' },
        round: { type: 'string' },
        key: { type: 'string' },
      },
    })
  } catch (error) {
    return end(`${(error as Error).message}\n\n${USAGE}`)
  }
})()

if (positionals[0] === 'verify') await verify()
else if (positionals[0] === 'sign') await sign()
else if (positionals[0] === 'qr') await draw()
else end(USAGE)

/** One JSON object for each line: ok, code, the step that failed, which steps were passed, kid, what the voucher says. */
async function verify(): Promise<void> {
  if (!values.trust) end(USAGE)
  const at = values.at ? new Date(values.at) : new Date()
  if (Number.isNaN(at.getTime())) end(`--at ${values.at} is no moment: write it as 2026-11-22T10:00:00Z`)
  const { keys, faults } = readTrustList(reading(values.trust))
  for (const fault of faults) process.stderr.write(`${values.trust}: ${fault}\n`)
  const asked = { at, ...(values.prefix && { prefix: values.prefix }), ...(values.round && { roundId: values.round }) }
  for await (const line of lines()) {
    if (line.trim() === '') continue
    const verdict = verifyToken(line, keys, asked)
    const passed = verdict.ok ? steps : steps.slice(0, steps.indexOf(verdict.step))
    say({ ...verdict, code: verdict.ok ? 'valid' : verdict.code, passed })
  }
}

/** One token for each line; a line that is no voucher is named and ends the work. */
async function sign(): Promise<void> {
  if (!values.key) end(USAGE)
  const key = keyIn(values.key)
  if (values.trust) writeFileSync(values.trust, `${JSON.stringify({ keys: [entryOf(key)] }, null, 2)}\n`)
  const signing = signingKey(key)
  let at = 0
  for await (const line of lines()) {
    at++
    if (line.trim() === '') continue
    const voucher = parsed(line)
    if (!Value.Check(Voucher, voucher)) {
      const [fault] = Value.Errors(Voucher, voucher)
      end(`line ${at}: ${fault?.instancePath ?? ''} ${fault?.message ?? 'is no voucher'}`)
    }
    say(signVoucher(signing, voucher))
  }
  process.stderr.write(`${PREFIX} signed by ${signing.kid}\n`)
}

/** The first line as a picture. */
async function draw(): Promise<void> {
  const file = positionals[1]
  if (!file) end(USAGE)
  for await (const line of lines()) {
    writeFileSync(file, file.endsWith('.png') ? await qrPng(line) : qrSvg(line))
    return
  }
}

function keyIn(file: string): KeyObject {
  if (existsSync(file))
    try {
      return createPrivateKey({ key: JSON.parse(readFileSync(file, 'utf8')) as never, format: 'jwk' })
    } catch {
      return end(`${file} holds no private key (a JWK of P-256)`)
    }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeFileSync(file, `${JSON.stringify(privateKey.export({ format: 'jwk' }))}\n`, { mode: 0o600 })
  return privateKey
}

function entryOf(key: KeyObject) {
  const { kid, jwk } = publicPart(key)
  return { kid, jwk, usage: ['voucher'] }
}

function reading(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return end(`${file} cannot be read`)
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
