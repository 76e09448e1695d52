import { type Static, type TSchema, Type } from 'typebox'

/** What crosses the wire about signing in and accounts. Instants are ISO 8601 in UTC, days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
export const Uuid = Type.String({ format: 'uuid' })

export const Role = Type.Enum(['pillar', 'officer', 'supervisor', 'auditor', 'administrator'])
export const PillarKind = Type.Enum(['karang_taruna', 'psm', 'tksk', 'tagana', 'pkh_companion', 'lks', 'other'])
export const Agency = Type.Enum([
  'social',
  'health',
  'education',
  'civil_registry',
  'health_insurance',
  'housing',
  'manpower',
  'women_children',
])
export type Agency = Static<typeof Agency>
const RegionCode = Type.String({ pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$', maxLength: 13 })

// Lengths only: what is wrong with a password is said by the rules, in words. 1,024 keeps a typed novel from the hash.
const Password = Type.String({ minLength: 1, maxLength: 1024 })
const Code = Type.String({ minLength: 1, maxLength: 40, description: 'six digits of the app, or a recovery code' })

// Signing in ------------------------------------------------------------------------------------------------------

export const SignIn = Type.Object(
  { username: Type.String({ minLength: 1, maxLength: 200, description: 'user name or e-mail' }), password: Password },
  strict,
)
export const SecondFactor = Type.Object({ code: Code }, strict)
export const OwnPassword = Type.Object({ password: Password }, strict)

/** What came of a step: done, or what is asked next. The cookies carry the rest. */
export const SignInOutcome = Type.Object(
  { status: Type.Enum(['signed_in', 'second_factor', 'password_change']) },
  strict,
)
export type SignInOutcome = Static<typeof SignInOutcome>

export const SignInWays = Type.Object(
  {
    pending: Nullable(Type.Enum(['second_factor', 'password_change'])),
    signedIn: Type.Boolean(),
    singleSignOn: Nullable(Type.Object({ name: Type.String() }, strict)),
    passwordMinLength: Type.Integer(),
  },
  strict,
)
export type SignInWays = Static<typeof SignInWays>

// What the browser's credential calls take and give; the bytes are checked by the library, not here.
const Bytes = Type.String({ maxLength: 16_384, pattern: '^[A-Za-z0-9_-]*$', description: 'base64url' })
const credential = {
  id: Type.String({ minLength: 1, maxLength: 1400, pattern: '^[A-Za-z0-9_-]+$' }),
  rawId: Type.String({ minLength: 1, maxLength: 1400, pattern: '^[A-Za-z0-9_-]+$' }),
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Nullable(Type.Enum(['platform', 'cross-platform']))),
  clientExtensionResults: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
}
export const PasskeyAnswer = Type.Object(
  {
    ...credential,
    response: Type.Object({
      clientDataJSON: Bytes,
      authenticatorData: Bytes,
      signature: Bytes,
      userHandle: Type.Optional(Nullable(Bytes)),
    }),
  },
  strict,
)
export const NewPasskey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
    response: Type.Object(
      {
        ...credential,
        response: Type.Object({
          clientDataJSON: Bytes,
          attestationObject: Bytes,
          transports: Type.Optional(Type.Array(Type.String({ maxLength: 30 }), { maxItems: 10 })),
        }),
      },
      strict,
    ),
  },
  strict,
)
export const CredentialOptions = Type.Object(
  { challenge: Type.String() },
  { additionalProperties: true, description: 'as the Web Authentication API takes them, bytes as base64url' },
)
export const PasskeyName = Type.Object({ name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }) }, strict)
export const PasskeyId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' }) })

// One's own account -----------------------------------------------------------------------------------------------

export const AssignmentBody = Type.Object(
  {
    assignmentId: Uuid,
    role: Role,
    regionCode: RegionCode,
    regionName: Type.String(),
    officeId: Nullable(Type.String()),
    officeName: Nullable(Type.String()),
    pillarKind: Nullable(PillarKind),
    validFrom: Day,
    validTo: Nullable(Day),
  },
  strict,
)

export const Me = Type.Object(
  {
    account: Type.Object(
      {
        id: Uuid,
        name: Type.String(),
        username: Type.String(),
        email: Nullable(Type.String()),
        demonstration: Type.Boolean(),
      },
      strict,
    ),
    acting: Nullable(AssignmentBody),
    owed: Nullable(Type.Enum(['assignment', 'second_factor'], { description: 'what keeps this person from acting' })),
    proofHoldsUntil: Instant,
    assignments: Type.Array(AssignmentBody),
    queues: Type.Array(Type.Object({ key: Type.String(), count: Type.Integer() }, strict)),
  },
  strict,
)
export type Me = Static<typeof Me>

export const Acting = Type.Object({ assignmentId: Uuid }, strict)
export const Proof = Type.Object({ password: Type.Optional(Password), code: Type.Optional(Code) }, strict)
export const PasswordChange = Type.Object(
  {
    current: Password,
    password: Password,
    keepOthers: Type.Optional(Type.Boolean({ description: 'leave other sessions open; they end otherwise' })),
  },
  strict,
)
export const Authenticator = Type.Object(
  { secret: Type.String(), uri: Type.String({ description: 'otpauth://…, for the QR code' }) },
  strict,
)
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) }, strict)

export const FactorsBody = Type.Object(
  {
    hasPassword: Type.Boolean(),
    passwordChangedAt: Nullable(Instant),
    passwordMinLength: Type.Integer(),
    totpConfirmedAt: Nullable(Instant),
    recoveryCodesLeft: Type.Integer(),
    passkeys: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          name: Type.String(),
          createdAt: Instant,
          lastUsedAt: Nullable(Instant),
          backedUp: Type.Boolean(),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type FactorsBody = Static<typeof FactorsBody>

export const SessionBody = Type.Object(
  {
    id: Uuid,
    current: Type.Boolean(),
    createdAt: Instant,
    lastSeenAt: Instant,
    expiresAt: Instant,
    userAgent: Nullable(Type.String()),
    address: Nullable(Type.String()),
    methods: Type.Array(Type.String()),
  },
  strict,
)
export type SessionBody = Static<typeof SessionBody>

// Accounts of others ----------------------------------------------------------------------------------------------

const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' })
const Email = Type.String({ format: 'email', maxLength: 200 })

export const NewAccount = Type.Object(
  {
    username: Type.String({
      pattern: '^[a-z0-9][a-z0-9._-]{2,59}$',
      minLength: 3,
      maxLength: 60,
      description: 'small letters, digits, dot, dash, underscore',
    }),
    name: Name,
    email: Type.Optional(Email),
    homeRegionCode: RegionCode,
  },
  strict,
)
export const AccountChange = Type.Object(
  { name: Type.Optional(Name), email: Type.Optional(Nullable(Email)), homeRegionCode: Type.Optional(RegionCode) },
  strict,
)
export const AccountCreated = Type.Object(
  { id: Uuid, temporaryPassword: Type.String({ description: 'shown this once; for one sign-in' }) },
  strict,
)
export const TemporaryPassword = Type.Object({ temporaryPassword: Type.String() }, strict)
export const Activation = Type.Object({ active: Type.Boolean() }, strict)
export const NewAssignmentBody = Type.Object(
  {
    role: Role,
    regionCode: RegionCode,
    agency: Type.Optional(Agency),
    pillarKind: Type.Optional(PillarKind),
    validFrom: Type.Optional(Day),
    validTo: Type.Optional(Day),
  },
  strict,
)

export const AccountBody = Type.Object(
  {
    id: Uuid,
    username: Type.String(),
    name: Type.String(),
    email: Nullable(Type.String()),
    homeRegionCode: RegionCode,
    homeRegionName: Type.String(),
    active: Type.Boolean(),
    demonstration: Type.Boolean(),
    mustChangePassword: Type.Boolean(),
    secondFactor: Type.Boolean(),
    beyond: Type.Boolean({ description: 'acts where you could not have put it; its password is not yours to reset' }),
    createdAt: Instant,
    assignments: Type.Array(AssignmentBody),
    can: Type.Object(
      {
        edit: Type.Boolean(),
        assign: Type.Boolean(),
        activate: Type.Boolean(),
        resetPassword: Type.Boolean(),
        resetSecondFactor: Type.Boolean(),
        endSessions: Type.Boolean(),
      },
      strict,
    ),
  },
  strict,
)
export type AccountBody = Static<typeof AccountBody>

export const AccountQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 100 })),
    regionCode: Type.Optional(RegionCode),
    role: Type.Optional(Role),
    active: Type.Optional(Type.Boolean()),
    after: Type.Optional(Type.String({ maxLength: 600, description: 'next of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  },
  strict,
)
export const AccountPage = Type.Object({ items: Type.Array(AccountBody), next: Nullable(Type.String()) }, strict)
export type AccountPage = Static<typeof AccountPage>

/** Roles one may give in a region, for the form. */
export const Givable = Type.Object({ roles: Type.Array(Role), agencies: Type.Array(Agency) }, strict)
