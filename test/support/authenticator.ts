import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

/*
 * A passkey in software, for tests: one ES256 key pair in a place that remembers whose it is (Web Authentication level 2,
 * "none" attestation). CBOR is written by hand: the few kinds it takes are below.
 */

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

const head = (major: number, length: number) =>
  length < 24
    ? Buffer.from([(major << 5) | length])
    : length < 256
      ? Buffer.from([(major << 5) | 24, length])
      : Buffer.from([(major << 5) | 25, length >> 8, length & 255])

type Cbor = number | string | Buffer | [Cbor, Cbor][]
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.length), ...value.flatMap(([key, one]) => [cbor(key), cbor(one)])])
}

type Flags = {
  userVerified?: boolean
  origin?: string
  rpId?: string
  userHandle?: string
  challenge?: string
  counter?: number
}

export function softwareAuthenticator(site: { origin: string }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(32)
  let counter = 0
  let owner = ''

  const clientData = (type: string, challenge: string, flags: Flags) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: flags.challenge ?? challenge,
        origin: flags.origin ?? site.origin,
        crossOrigin: false,
      }),
    )
  const authData = (flags: Flags, attested?: Buffer) => {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(flags.counter ?? ++counter)
    // user present 1, verified 4, attested data 64
    const bits = 1 | (flags.userVerified === false ? 0 : 4) | (attested ? 64 : 0)
    const rpId = flags.rpId ?? new URL(site.origin).hostname
    return Buffer.concat([sha256(rpId), Buffer.from([bits]), count, ...(attested ? [attested] : [])])
  }

  return {
    id: id.toString('base64url'),
    /** What `navigator.credentials.create` would give. */
    create(options: { challenge: string; user: { id: string } }, flags: Flags = {}) {
      owner ||= options.user.id
      const length = Buffer.from([0, id.length])
      const key = cbor([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ])
      const data = authData(flags, Buffer.concat([Buffer.alloc(16), length, id, key]))
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, flags).toString('base64url'),
          attestationObject: cbor([
            ['fmt', 'none'],
            ['attStmt', []],
            ['authData', data],
          ]).toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    /** What `navigator.credentials.get` would give. */
    get(options: { challenge: string }, flags: Flags = {}) {
      const client = clientData('webauthn.get', options.challenge, flags)
      const data = authData(flags)
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: createSign('sha256')
            .update(Buffer.concat([data, sha256(client)]))
            .sign(privateKey)
            .toString('base64url'),
          userHandle: flags.userHandle ?? owner,
        },
      }
    },
  }
}
