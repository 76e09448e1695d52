import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import decodeQr from 'qr/decode.js'
import sharp from 'sharp'
import { type Step, steps, type Verdict } from './token.ts'
import { readTrustList } from './trust.ts'
import { verifyToken } from './verify.ts'

/* The common test vectors of the EU Digital COVID Certificate: read in place, no part of this repository. */

const folder = path.join(import.meta.dirname, '../../../../shared/data/vouchers/common/raw')
const skip = existsSync(folder) ? false : `the published vectors are not at hand (${folder})`

type Vector = {
  PREFIX?: string
  '2DCODE'?: string
  TESTCTX: { CERTIFICATE: string; VALIDATIONCLOCK: string; DESCRIPTION: string }
  EXPECTEDRESULTS: Record<string, boolean>
}

/** The last step that must have been taken for the expectation to hold. */
const lastStep: Record<string, Step> = {
  EXPECTEDUNPREFIX: 'prefix',
  EXPECTEDB45DECODE: 'base45',
  EXPECTEDCOMPRESSION: 'zlib',
  EXPECTEDDECODE: 'cose',
  EXPECTEDVERIFY: 'signature',
  EXPECTEDEXPIRATIONCHECK: 'time',
  EXPECTEDKEYUSAGE: 'use',
  EXPECTEDSCHEMAVALIDATION: 'content',
  EXPECTEDVALIDJSON: 'cose',
}
const reached = (verdict: Verdict, step: Step): boolean =>
  verdict.ok || steps.indexOf(verdict.step) > steps.indexOf(step)

for (const name of skip ? ['(none)'] : (await readdir(folder)).filter((one) => one.endsWith('.json')))
  test(`published vector ${name}`, { skip }, async (t) => {
    const vector = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Vector
    const { CERTIFICATE, VALIDATIONCLOCK, DESCRIPTION } = vector.TESTCTX
    t.diagnostic(DESCRIPTION)
    const { keys, faults } = readTrustList(JSON.stringify([CERTIFICATE]))
    assert.deepEqual(faults, [])
    const verdict = verifyToken(vector.PREFIX ?? '', keys, { at: new Date(VALIDATIONCLOCK), prefix: 'HC1:' })
    for (const [expectation, expected] of Object.entries(vector.EXPECTEDRESULTS)) {
      const step = lastStep[expectation]
      if (step) assert.equal(reached(verdict, step), expected, `${expectation}: ${JSON.stringify(verdict)}`)
      else assert.equal(expectation, 'EXPECTEDPICTUREDECODE')
    }
    const picture = vector['2DCODE']
    if (picture) assert.equal(await read(picture), vector.EXPECTEDRESULTS['EXPECTEDPICTUREDECODE'] ? vector.PREFIX : undefined) // prettier-ignore
  })

async function read(picture: string): Promise<string | undefined> {
  try {
    const { data, info } = await sharp(Buffer.from(picture, 'base64'))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return decodeQr({ width: info.width, height: info.height, data })
  } catch {
    return undefined
  }
}
