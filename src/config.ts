import path from 'node:path'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { OidcSettings } from '#src/access/index.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import type { MessageSettings } from '#src/platform/messages/index.ts'

/** Everything Pilar reads from its environment, and nothing else is read anywhere. Empty means not set. */
const Environment = Type.Object({
  NODE_ENV: Type.Optional(Type.String()),
  /** Where the pages and the API are served. */
  PORT: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$', description: 'a number from 0 to 65535' })),
  HOST: Type.Optional(Type.String({ description: 'an address of this machine, such as 127.0.0.1 or 0.0.0.0' })),
  /** The address people type, when a reverse proxy stands before Pilar. */
  PILAR_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^/]+/?$', description: 'an address such as https://pilar.example.go.id' }),
  ),
  /** Folder of the embedded database, uploaded files and the key. */
  PILAR_DATA: Type.Optional(Type.String({ description: 'a folder' })),
  /** What the application connects as (pilar_app); alone it is the owner, for development. */
  DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://user:password@host:5432/database' }),
  ),
  /** What migrations run as. */
  DATABASE_OWNER_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://', description: 'postgres://user:password@host:5432/database' }),
  ),
  PILAR_DATABASE_CONNECTIONS: Type.Optional(
    Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: 'a number from 1 to 999' }),
  ),
  PILAR_DEMO: Type.Optional(Type.String({ pattern: '^(0|1|true|false)$', description: '1 or 0' })),
  /** Encrypts what must be read again, such as secrets of authenticators. */
  PILAR_SECRET: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: '64 hexadecimal digits, as "openssl rand -hex 32" prints',
    }),
  ),
  /** Which proxies may say who the caller is. */
  PILAR_TRUST_PROXY: Type.Optional(
    Type.String({ description: 'true, false, or addresses of proxies separated by commas' }),
  ),
  LOG_LEVEL: Type.Optional(
    Type.String({
      pattern: '^(trace|debug|info|warn|error|fatal|silent)$',
      description: 'trace, debug, info, warn, error, fatal or silent',
    }),
  ),
  /** Single sign-on by OpenID Connect: all of the first three, or none. */
  OIDC_ISSUER: Type.Optional(Type.String({ pattern: '^https?://', description: 'the address of the provider' })),
  OIDC_CLIENT_ID: Type.Optional(Type.String()),
  OIDC_CLIENT_SECRET: Type.Optional(Type.String()),
  /** Link accounts by the provider's verified e-mail at the first sign-in. */
  OIDC_LINK_BY_EMAIL: Type.Optional(Type.String({ pattern: '^(0|1|true|false)$', description: '1 or 0' })),
  /** The provider asks everybody for two factors, whether its answer says so or not. */
  OIDC_TWO_FACTORS: Type.Optional(Type.String({ pattern: '^(0|1|true|false)$', description: '1 or 0' })),
  /** Where other systems ask the register (SPDCI). */
  PILAR_SPDCI_PREFIX: Type.Optional(
    Type.String({ pattern: '^(/[a-z0-9][a-z0-9._-]*)+$', maxLength: 80, description: 'a path such as /spdci' }),
  ),
  /** Answers to other systems may go to http, loopback and private addresses. */
  PILAR_SPDCI_PRIVATE_CALLBACKS: Type.Optional(Type.String({ pattern: '^(0|1|true|false)$', description: '1 or 0' })),
  /** Keys of others whose vouchers are believed. */
  PILAR_VOUCHER_TRUST: Type.Optional(Type.String({ description: 'a file with a trust list' })),
  /** Messages by the WhatsApp Business Cloud API: all five, or none. */
  PILAR_WHATSAPP_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      description: 'the address of the Cloud API with its version, such as https://graph.facebook.com/v24.0',
    }),
  ),
  PILAR_WHATSAPP_PHONE_ID: Type.Optional(
    Type.String({
      pattern: '^[0-9]{5,30}$',
      description: 'the id of the number messages come from (digits), not the number',
    }),
  ),
  PILAR_WHATSAPP_TOKEN: Type.Optional(
    Type.String({ pattern: '^[!-~]{8,1000}$', description: 'the access token, without spaces' }),
  ),
  PILAR_WHATSAPP_APP_SECRET: Type.Optional(
    Type.String({
      pattern: '^[!-~]{8,200}$',
      description: 'the secret of the app, at least 8 characters without spaces',
    }),
  ),
  PILAR_WHATSAPP_VERIFY_TOKEN: Type.Optional(
    Type.String({
      pattern: '^[!-~]{16,200}$',
      description: 'a word of your own, at least 16 characters without spaces, as "openssl rand -hex 16" prints',
    }),
  ),
  /** Messages by e-mail: both, or none. */
  PILAR_SMTP_URL: Type.Optional(
    Type.String({ pattern: '^smtps?://[^\\s]+$', description: 'smtps://user:password@mail.example.go.id:465' }),
  ),
  PILAR_MAIL_FROM: Type.Optional(
    Type.String({
      pattern: '^([^<>\\r\\n"]{1,100} <[^@\\s<>]+@[^@\\s<>]+>|[^@\\s<>]+@[^@\\s<>]+)$',
      description: 'an address, or a name with one: Pilar Kota Bekasi <pilar@bekasi.example.go.id>',
    }),
  ),
  OIDC_NAME: Type.Optional(Type.String({ maxLength: 60, description: 'at most 60 characters, shown on the button' })),
})
type Environment = Static<typeof Environment>

export type Config = {
  production: boolean
  host: string
  port: number
  /** Public address without a slash at the end. */
  baseUrl: string
  /** Absolute path of the data folder. */
  dataFolder: string
  database: DatabaseConfig
  databaseConnections: number
  demonstration: boolean
  /** 32 bytes, or undefined: then the key file in the data folder is used. */
  secret: Buffer | undefined
  trustProxy: boolean | string
  logLevel: string
  oidc: OidcSettings | null
  /** Other systems: where they ask, and whether answers may go to http and private addresses. */
  spdci: { prefix: string; privateCallbacks: boolean }
  /** File with keys of others whose vouchers are believed. */
  voucherTrust: string | null
  /** What messages to people are sent by. */
  messages: MessageSettings
}

export type DatabaseConfig = { kind: 'embedded' } | { kind: 'external'; url: string; ownerUrl: string | undefined }

/** Reads the environment once. Throws one {@link CannotStart} that names every variable that is wrong. */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
  const environment = parse(variables)
  const production = environment.NODE_ENV === 'production'
  const port = Number(environment.PORT ?? 3000)
  const external = environment.DATABASE_URL !== undefined
  return {
    production,
    host: environment.HOST ?? '127.0.0.1',
    port,
    // A name and not a number: browsers give passkeys to names only.
    baseUrl: environment.PILAR_URL?.replace(/\/$/, '') ?? `http://localhost:${port}`,
    dataFolder: path.resolve(environment.PILAR_DATA ?? 'data'),
    database: environment.DATABASE_URL
      ? { kind: 'external', url: environment.DATABASE_URL, ownerUrl: environment.DATABASE_OWNER_URL }
      : { kind: 'embedded' },
    databaseConnections: Number(environment.PILAR_DATABASE_CONNECTIONS ?? 10),
    demonstration: environment.PILAR_DEMO ? isOn(environment.PILAR_DEMO) : !external && !production,
    secret: environment.PILAR_SECRET ? Buffer.from(environment.PILAR_SECRET, 'hex') : undefined,
    trustProxy: trustProxy(environment.PILAR_TRUST_PROXY),
    logLevel: environment.LOG_LEVEL ?? (production ? 'info' : 'warn'),
    oidc: oidc(environment),
    spdci: {
      prefix: environment.PILAR_SPDCI_PREFIX ?? '/spdci',
      privateCallbacks: isOn(environment.PILAR_SPDCI_PRIVATE_CALLBACKS),
    },
    voucherTrust: environment.PILAR_VOUCHER_TRUST ?? null,
    messages: messages(environment),
  }
}

function parse(variables: Record<string, string | undefined>): Environment {
  const environment: Record<string, string> = {}
  for (const name of Object.keys(Environment.properties)) {
    const value = variables[name]?.trim()
    if (value) environment[name] = value
  }
  const problems: string[] = []
  for (const [name, schema] of Object.entries(Environment.properties)) {
    if (name in environment && !Value.Check(schema, environment[name])) {
      problems.push(
        `${name} is not right: it must be ${(schema as { description?: string }).description ?? 'some text'}.`,
      )
    }
  }
  if (Number(environment['PORT']) > 65535) problems.push('PORT is not right: it must be a number from 0 to 65535.')
  if (environment['DATABASE_OWNER_URL'] && !environment['DATABASE_URL']) {
    problems.push('DATABASE_OWNER_URL is set and DATABASE_URL is not: set both, or neither for the embedded database.')
  }
  for (const { what, names } of together) {
    const missing = names.filter((name) => !environment[name])
    if (missing.length > 0 && missing.length < names.length)
      problems.push(`${missing.join(' and ')} must be set too: ${what} needs ${names.join(', ')}.`)
  }
  for (const name of ['PILAR_WHATSAPP_URL', 'PILAR_SMTP_URL']) {
    const url = environment[name]
    if (url === undefined || problems.some((one) => one.startsWith(`${name} is not right`))) continue
    if (!URL.canParse(url)) problems.push(`${name} is not right: it is no address.`)
    else if (url.startsWith('http:') && !isLoopback(new URL(url).hostname))
      problems.push(`${name} is not right: a token goes there, so it must begin with https.`)
  }
  if (problems.length > 0) throw new CannotStart(problems.join('\n'))
  return environment as Environment
}

/** Settings that say something together only. */
const together = [
  { what: 'single sign-on', names: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] },
  {
    what: 'WhatsApp',
    names: [
      'PILAR_WHATSAPP_URL',
      'PILAR_WHATSAPP_PHONE_ID',
      'PILAR_WHATSAPP_TOKEN',
      'PILAR_WHATSAPP_APP_SECRET',
      'PILAR_WHATSAPP_VERIFY_TOKEN',
    ],
  },
  { what: 'e-mail', names: ['PILAR_SMTP_URL', 'PILAR_MAIL_FROM'] },
]

const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]'].includes(host)

const isOn = (value: string | undefined) => value === '1' || value === 'true'

function trustProxy(value: string | undefined): boolean | string {
  if (value === undefined || value === 'false' || value === '0') return false
  return isOn(value) ? true : value
}

function oidc(environment: Environment): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = environment
  if (!issuer || !clientId || !clientSecret) return null
  return {
    issuer,
    clientId,
    clientSecret,
    name: environment.OIDC_NAME ?? new URL(issuer).hostname,
    linkByEmail: isOn(environment.OIDC_LINK_BY_EMAIL),
    alwaysTwoFactors: isOn(environment.OIDC_TWO_FACTORS),
  }
}

function messages(environment: Environment): MessageSettings {
  const { PILAR_WHATSAPP_URL: url, PILAR_WHATSAPP_PHONE_ID: phoneId, PILAR_WHATSAPP_TOKEN: token } = environment
  const { PILAR_WHATSAPP_APP_SECRET: appSecret, PILAR_WHATSAPP_VERIFY_TOKEN: verifyToken } = environment
  const { PILAR_SMTP_URL: smtp, PILAR_MAIL_FROM: from } = environment
  return {
    whatsapp:
      url && phoneId && token && appSecret && verifyToken
        ? { url: url.replace(/\/+$/, ''), phoneId, token, appSecret, verifyToken }
        : null,
    email: smtp && from ? { url: smtp, from } : null,
  }
}
