import * as oidc from 'openid-client'
import type { Db } from '#src/platform/db/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { asSelf, recordAct } from './self.ts'
import type { Method } from './sessions.ts'
import { type Outcome, type Visitor, advance } from './sign-in.ts'
import { type OpenStep, openStep, takeStep } from './steps.ts'

/** Single sign-on at an OpenID provider. */
export type OidcSettings = {
  /** 'https://sso.example.go.id'; plain http is accepted on loopback only */
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button says: 'SSO Kota Bekasi' */
  name: string
  /** Link an active account by the provider's verified e-mail at the first sign-in. Off: only accounts linked already. */
  linkByEmail?: boolean
  /** The provider asks everybody for two factors, whether its answer says so (amr) or not. */
  alwaysTwoFactors?: boolean
}

export const CALLBACK = '/api/sign-in/single-sign-on/callback'

/** The way to one provider. What it publishes about itself is fetched at the first use, and again after a failure. */
export function singleSignOn(settings: OidcSettings, site: { db: Db; baseUrl: string }) {
  const { db } = site
  const callback = () => `${site.baseUrl}${CALLBACK}`
  const issuer = new URL(settings.issuer)
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(issuer.hostname)
  let known: Promise<oidc.Configuration> | undefined

  const provider = (): Promise<oidc.Configuration> => {
    const fetching = (known ??= oidc.discovery(issuer, settings.clientId, settings.clientSecret, undefined, {
      timeout: 10,
      ...(loopback && issuer.protocol === 'http:' && { execute: [oidc.allowInsecureRequests] }),
    }))
    return fetching.catch((cause: unknown) => {
      if (known === fetching) known = undefined
      throw new Problem(503, 'sso_away', { reason: cause instanceof Error ? cause.name : 'error' })
    })
  }

  return {
    /** Where to send the browser; state, nonce and the PKCE verifier stay here. */
    async begin(): Promise<{ url: URL; step: OpenStep }> {
      const config = await provider()
      const codeVerifier = oidc.randomPKCECodeVerifier()
      const state = oidc.randomState()
      const nonce = oidc.randomNonce()
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: callback(),
        scope: 'openid email profile',
        response_type: 'code',
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      const step = await db.asSystem('single sign-on', (tx) =>
        openStep(tx, { kind: 'oidc', accountId: null, data: { codeVerifier, state, nonce } }, db.clock()),
      )
      return { url, step }
    },

    /** The browser is back. `query` is the part of the address after '?', as it came. */
    async finish(token: string | undefined, query: string, visitor: Visitor): Promise<Outcome> {
      const step = await db.asSystem('single sign-on', (tx) => takeStep(tx, token, 'oidc', db.clock()))
      if (!step) throw new Problem(401, 'sign_in_expired')
      const config = await provider()
      const tokens = await oidc
        .authorizationCodeGrant(config, new URL(`${callback()}?${query}`), {
          pkceCodeVerifier: String(step.data['codeVerifier']),
          expectedState: String(step.data['state']),
          expectedNonce: String(step.data['nonce']),
          idTokenExpected: true,
        })
        .catch(() => undefined)
      const claims = tokens?.claims()
      if (!tokens || !claims) throw new Problem(401, 'sso_failed')
      const email = await verifiedEmail(config, tokens, claims)
      const account = await accountOf(db, settings, { issuer: claims.iss, subject: claims.sub, email })
      if (!account) {
        await db.asSystem('single sign-on', (tx) =>
          recordAct(tx, 'sign_in_failed', { id: 'unknown', regionCode: null }, { method: 'single_sign_on' }),
        )
        throw new Problem(403, 'sso_unknown')
      }
      const both = settings.alwaysTwoFactors === true || (Array.isArray(claims['amr']) && claims['amr'].includes('mfa'))
      const method: Method = both ? 'single_sign_on_mfa' : 'single_sign_on'
      return asSelf(db, { accountId: account }, 'sign in', (tx, at) =>
        advance(tx, { accountId: account, methods: [method], visitor, at }),
      )
    },
  }
}

/** From the signed token, else from the provider's user info; only if the provider vouches for it. */
async function verifiedEmail(
  config: oidc.Configuration,
  tokens: Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>,
  claims: oidc.IDToken,
): Promise<string | undefined> {
  let said: Record<string, unknown> = claims
  if (said['email'] === undefined && config.serverMetadata().userinfo_endpoint) {
    said = (await oidc.fetchUserInfo(config, tokens.access_token, claims.sub).catch(() => ({}))) as Record<
      string,
      unknown
    >
  }
  return said['email_verified'] === true && typeof said['email'] === 'string' ? said['email'].toLowerCase() : undefined
}

/** The account linked to this identity; else, if configured, the one with this e-mail is linked now. Never a new one. */
async function accountOf(
  db: Db,
  settings: OidcSettings,
  who: { issuer: string; subject: string; email: string | undefined },
): Promise<string | undefined> {
  const { linked, byEmail } = await db.asSystem('single sign-on', async (tx) => {
    const linked = await tx
      .selectFrom('oidc_identity as i')
      .innerJoin('account as c', 'c.id', 'i.account_id')
      .where('i.issuer', '=', who.issuer)
      .where('i.subject', '=', who.subject)
      .select(['c.id', 'c.active'])
      .executeTakeFirst()
    if (linked || !settings.linkByEmail || !who.email) return { linked, byEmail: undefined }
    const byEmail = await tx
      .selectFrom('account as c')
      .where('c.email', '=', who.email)
      .where('c.active', '=', true)
      // An account has one person at each provider: a second one with the same e-mail is somebody else.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('oidc_identity as i')
              .whereRef('i.account_id', '=', 'c.id')
              .where('i.issuer', '=', who.issuer)
              .select('i.subject'),
          ),
        ),
      )
      .select('c.id')
      .executeTakeFirst()
    return { linked, byEmail: byEmail?.id }
  })
  if (linked) return linked.active ? linked.id : undefined
  if (!byEmail) return undefined
  await asSelf(db, { accountId: byEmail }, 'single sign-on linked by e-mail', (tx, at) =>
    tx
      .insertInto('oidc_identity')
      .values({ issuer: who.issuer, subject: who.subject, account_id: byEmail, linked_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
  return byEmail
}
