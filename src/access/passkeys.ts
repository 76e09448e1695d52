import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { parse as uuidBytes, stringify as uuidText } from 'uuid'
import type { Db } from '#src/platform/db/index.ts'
import { Problem, conflict } from '#src/platform/http/problem.ts'
import { getAccessRule } from './rules.ts'
import { asSelf, recordAct } from './self.ts'
import { type Outcome, type Visitor, advance, whoIs } from './sign-in.ts'
import { type OpenStep, openStep, takeStep } from './steps.ts'
import { counter, giveBackTry, networkOf, takeTry } from './throttle.ts'

/** Read when the first passkey is: it is three hundred files, a tenth of what the whole program reads. */
const webauthn = () => import('@simplewebauthn/server')

/** Who asks, as authenticators see it: the host name, and where the page comes from. */
export type Site = { db: Db; secret: Buffer; baseUrl: string }
const rpOf = ({ baseUrl }: Site) => ({ rpID: new URL(baseUrl).hostname, origin: new URL(baseUrl).origin })

/** Most passkeys an account may have; more are forgotten ones. */
const MOST = 20

const failed = () => new Problem(401, 'passkey_failed')

export type Passkey = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null; backedUp: boolean }

export async function findPasskeys(db: Db, accountId: string): Promise<Passkey[]> {
  const rows = await db.asSystem('own passkeys', (tx) =>
    tx
      .selectFrom('passkey')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    backedUp: row.backed_up,
  }))
}

/** Options for `navigator.credentials.create`; the passkey can be found without a user name and verifies its user. */
export async function beginPasskey(site: Site, account: { id: string; username: string; name: string }) {
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName: 'Pilar',
    rpID: rpOf(site).rpID,
    userID: Uint8Array.from(uuidBytes(account.id)),
    userName: account.username,
    userDisplayName: account.name,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: (await findPasskeys(site.db, account.id)).map(({ id }) => ({ id })),
  })
  const step = await site.db.asSystem('passkey', (tx) =>
    openStep(
      tx,
      { kind: 'passkey_register', accountId: account.id, data: { challenge: options.challenge } },
      site.db.clock(),
    ),
  )
  return { options, step }
}

export async function addPasskey(
  site: Site,
  accountId: string,
  token: string | undefined,
  given: { name: string; response: RegistrationResponseJSON },
): Promise<string> {
  const step = await site.db.asSystem('passkey', (tx) => takeStep(tx, token, 'passkey_register', site.db.clock()))
  if (!step || step.accountId !== accountId) throw new Problem(401, 'sign_in_expired')
  const { rpID, origin } = rpOf(site)
  const { verifyRegistrationResponse } = await webauthn()
  const checked = await verifyRegistrationResponse({
    response: given.response,
    expectedChallenge: String(step.data['challenge']),
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
  }).catch(() => undefined)
  const info = checked?.registrationInfo
  if (!checked?.verified || !info) throw new Problem(400, 'passkey_failed')
  await asSelf(site.db, { accountId }, 'passkey', async (tx, at) => {
    const has = await tx.selectFrom('passkey').select('id').where('account_id', '=', accountId).execute()
    if (has.length >= MOST) throw conflict('passkey_too_many', { limit: MOST })
    await tx
      .insertInto('passkey')
      .values({
        id: info.credential.id,
        account_id: accountId,
        name: given.name,
        public_key: Buffer.from(info.credential.publicKey),
        counter: info.credential.counter,
        transports: info.credential.transports ?? [],
        backed_up: info.credentialBackedUp,
        created_at: at,
      })
      .execute()
  })
  return info.credential.id
}

/** Options for `navigator.credentials.get`, for nobody in particular: the passkey says whose it is. */
export async function beginPasskeySignIn(
  site: Site,
): Promise<{ options: PublicKeyCredentialRequestOptionsJSON; step: OpenStep }> {
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({ rpID: rpOf(site).rpID, userVerification: 'required' })
  const step = await site.db.asSystem('passkey', (tx) =>
    openStep(tx, { kind: 'passkey_sign_in', accountId: null, data: { challenge: options.challenge } }, site.db.clock()),
  )
  return { options, step }
}

/** A passkey is both factors at once: the device, and the finger or PIN it asked for. */
export async function signInWithPasskey(
  site: Site,
  token: string | undefined,
  response: AuthenticationResponseJSON,
  visitor: Visitor,
): Promise<Outcome> {
  const { db, secret } = site
  const { step, key, byAddress } = await db.asSystem('passkey', async (tx) => {
    const at = db.clock()
    const rule = await getAccessRule(tx, at)
    const byAddress = counter(secret, `address ${networkOf(visitor.address)}`, rule.free_tries_address)
    await takeTry(tx, rule, at, byAddress)
    const step = await takeStep(tx, token, 'passkey_sign_in', at)
    const key = await tx
      .selectFrom('passkey as p')
      .innerJoin('account as c', 'c.id', 'p.account_id')
      .where('p.id', '=', response.id)
      .where('c.active', '=', true)
      .select(['p.id', 'p.account_id', 'p.public_key', 'p.counter', 'p.transports'])
      .executeTakeFirst()
    return { step, key, byAddress }
  })
  if (!step) throw new Problem(401, 'sign_in_expired')
  if (!key || !isHandleOf(response.response.userHandle, key.account_id)) throw failed()
  const { rpID, origin } = rpOf(site)
  const { verifyAuthenticationResponse } = await webauthn()
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: String(step.data['challenge']),
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
    credential: { id: key.id, publicKey: Uint8Array.from(key.public_key), counter: key.counter },
  }).catch(() => undefined)
  if (!checked?.verified) {
    await asSelf(db, { accountId: key.account_id }, 'passkey', async (tx) =>
      recordAct(tx, 'sign_in_failed', await whoIs(tx, key.account_id), { method: 'passkey' }),
    )
    throw failed()
  }
  return asSelf(db, { accountId: key.account_id }, 'sign in', async (tx, at) => {
    await giveBackTry(tx, byAddress)
    await tx
      .updateTable('passkey')
      .set({
        counter: checked.authenticationInfo.newCounter,
        backed_up: checked.authenticationInfo.credentialBackedUp,
        last_used_at: at,
      })
      .where('id', '=', key.id)
      .execute()
    return advance(tx, { accountId: key.account_id, methods: ['passkey'], visitor, at })
  })
}

/** The user handle is the account's id; a key that answers for somebody else is refused. */
function isHandleOf(handle: string | undefined, accountId: string): boolean {
  if (!handle) return false
  const bytes = Buffer.from(handle, 'base64url')
  return bytes.length === 16 && uuidText(Uint8Array.from(bytes)) === accountId
}
