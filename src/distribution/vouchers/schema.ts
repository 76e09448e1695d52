import { type Static, Type } from 'typebox'

/** Why a token is not a valid voucher; see vouchers/README.md for what each means. */
export const VoucherFault = Type.Enum([
  'not_a_voucher',
  'broken',
  'unknown_key',
  'key_not_valid',
  'bad_signature',
  'not_yet',
  'expired',
  'wrong_kind',
  'other_round',
])
export type VoucherFault = Static<typeof VoucherFault>

/** What a voucher says. It names nobody: `bearer` is a keyed hash that only the installation can tie to a family. */
export const Voucher = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    issuer: Type.String({ description: 'Who gave it out: the host of the installation' }),
    issuedAt: Type.String({ format: 'date-time' }),
    notBefore: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    roundId: Type.String({ format: 'uuid' }),
    bearer: Type.String({ description: 'Keyed hash of round, family and who receives for it, base64url' }),
    programme: Type.String(),
    sequence: Type.Integer({ minimum: 0, description: 'Number of the voucher in its round' }),
    amount: Type.Optional(Type.Integer({ minimum: 0, description: 'Rupiah' })),
    goods: Type.Optional(
      Type.Array(Type.Object({ code: Type.String(), quantity: Type.Number() }, { additionalProperties: false })),
    ),
  },
  { $id: 'Voucher', additionalProperties: false },
)
export type Voucher = Static<typeof Voucher>

/** A public key, for devices that verify without a line. */
export const VoucherKey = Type.Object(
  {
    kid: Type.String(),
    jwk: Type.Union([
      Type.Object({ kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: Type.String(), y: Type.String() }),
      Type.Object({ kty: Type.Literal('RSA'), n: Type.String(), e: Type.String() }),
    ]),
    use: Type.Optional(Type.Array(Type.Enum(['voucher', 'test', 'vaccination', 'recovery']))),
    notBefore: Type.Optional(Type.String({ format: 'date-time' })),
    notAfter: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'VoucherKey', additionalProperties: false },
)

/** What verifying comes to. */
export const VoucherVerdict = Type.Object(
  {
    ok: Type.Boolean(),
    code: Type.Optional(VoucherFault),
    step: Type.Optional(Type.String({ description: 'what was being looked at when it failed' })),
    kid: Type.Optional(Type.String()),
    voucher: Type.Optional(Voucher),
  },
  { $id: 'VoucherVerdict', additionalProperties: false },
)
