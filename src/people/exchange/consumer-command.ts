import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { Value } from 'typebox/value'
import { readConfig } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { connect } from '#src/platform/db/index.ts'
import { reachDatabase } from '#src/platform/db/reach.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { createAgreement } from './agreements.ts'
import { agreementFields, agreementQueryTypes, agreementSealedFields, NewAgreement } from './schema.ts'

/*
 *   npm run consumer -- --sender-id spmis.example.org --regions 32.75 --fields all --no-signature --callback-hosts 127.0.0.1:9000
 *   npm run consumer -- --sender-id … --regions 32,33.13 --fields group.decile,member.nik --public-key key.pem --key-id k1
 *
 * Makes an agreement and prints its token and client secret, once. Works beside a running Pilar and without one.
 */

const USAGE = `Say who and what: npm run consumer -- --sender-id ID --regions CODES --fields FIELDS (--public-key FILE_OR_TEXT [--key-id ID] | --no-signature)
  --regions      codes with commas, 00 for the nation
  --fields       names with commas, or "all" (all but the sealed ones): ${agreementFields.join(', ')}
  --query-types  ${agreementQueryTypes.join(',')} unless told
  --events       kinds of events with commas, * for all; none unless told
  --callback-hosts  hosts answers may go to, such as spmis.example.org or 127.0.0.1:9000 (with PILAR_SPDCI_PRIVATE_CALLBACKS=1)
  --rate         calls a minute, 120 unless told     --valid-to  YYYY-MM-DD
  --name, --purpose, --legal-basis  words of the agreement     --sealed-reason  opens sealed fields: say why`

const list = (text: string | undefined) =>
  text
    ? text
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean)
    : undefined

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      'sender-id': { type: 'string' },
      name: { type: 'string' },
      purpose: { type: 'string' },
      'legal-basis': { type: 'string' },
      regions: { type: 'string' },
      fields: { type: 'string' },
      'query-types': { type: 'string' },
      events: { type: 'string' },
      'callback-hosts': { type: 'string' },
      'public-key': { type: 'string' },
      'key-id': { type: 'string' },
      'no-signature': { type: 'boolean' },
      'sealed-reason': { type: 'string' },
      rate: { type: 'string' },
      'valid-to': { type: 'string' },
    },
  })
  const key = values['public-key']
  const publicKey = key && (await readFile(key, 'utf8').catch(() => key))
  const open = agreementFields.filter(
    (one) => values['sealed-reason'] !== undefined || !agreementSealedFields.includes(one),
  )
  const given = {
    senderId: values['sender-id'],
    name: values.name ?? values['sender-id'],
    purpose: values.purpose ?? 'Dibuat di server: tujuan belum ditulis',
    legalBasis: values['legal-basis'] ?? 'belum ditulis',
    regions: list(values.regions),
    fields: values.fields === 'all' ? open : list(values.fields),
    queryTypes: list(values['query-types']) ?? [...agreementQueryTypes],
    events: list(values.events) ?? [],
    callbackHosts: list(values['callback-hosts']) ?? [],
    signatureRequired: values['no-signature'] !== true,
    ...(publicKey && { publicKey }),
    ...(values['key-id'] && { keyId: values['key-id'] }),
    ...(values['sealed-reason'] && { sealedReason: values['sealed-reason'] }),
    ...(values.rate && { ratePerMinute: Number(values.rate) }),
    ...(values['valid-to'] && { validTo: values['valid-to'] }),
  }
  if (!Value.Check(NewAgreement, given)) {
    const wrong = [...new Set(Value.Errors(NewAgreement, given).map((one) => one.instancePath.split('/')[1]))].filter(
      Boolean,
    )
    console.error(`${wrong.length > 0 ? `Not right: ${wrong.join(', ')}\n` : ''}${USAGE}`)
    return 2
  }
  const database = await reachDatabase(readConfig())
  const db = connect(database.url, { max: 1 })
  try {
    const made = await db.asSystem('agreement made on the server', (tx) => createAgreement(tx, given, db.clock()))
    console.log(`sender_id     ${made.agreement.senderId}
token         ${made.token}
client_secret ${made.clientSecret}
valid until   ${made.expiresAt}${made.agreement.keys.map((one) => `\nkey           ${one.id} (${one.algorithm})`).join('')}`)
    return 0
  } finally {
    await db.close()
    await database.close()
  }
}

process.exitCode = await run().catch((error: unknown) => {
  if (error instanceof Problem)
    console.error(`Refused: ${error.code} ${error.errors.map((one) => `${one.field} (${one.code})`).join(', ')}`)
  else console.error(error instanceof CannotStart ? error.message : error)
  return 2
})
