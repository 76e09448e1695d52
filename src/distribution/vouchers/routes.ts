import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { ownKeys } from './keys.ts'
import { VoucherKey, VoucherVerdict } from './schema.ts'
import type { TrustedKey } from './token.ts'
import { verifyToken } from './verify.ts'

const tags = ['vouchers']

/** Keys for whoever verifies without a line, and verifying for whoever has one. `trusted`: keys of others, by configuration. */
export const voucherRoutes: FastifyPluginAsyncTypebox<{ trusted: readonly TrustedKey[] }> = async (
  app,
  { trusted },
) => {
  const keys = async () => [...(await app.db.asPublic(ownKeys)), ...trusted]

  app.get(
    '/vouchers/keys',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Keys whose vouchers are believed: public keys, to verify without a line',
        tags,
        response: { 200: Type.Object({ keys: Type.Array(VoucherKey) }, { additionalProperties: false }) },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'public, max-age=300')
      return { keys: await keys() }
    },
  )
  app.post(
    '/vouchers/verify',
    {
      config: { access: ['pillar', 'officer', 'supervisor'] },
      schema: {
        summary: 'Whether a voucher is real and counts now; says nothing of whether it was redeemed',
        tags,
        body: Type.Object(
          {
            token: Type.String({ maxLength: 5000 }),
            roundId: Type.Optional(Type.String({ format: 'uuid' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: VoucherVerdict, ...problems(400, 401, 403) },
      },
    },
    async ({ body }) => verifyToken(body.token, await keys(), { at: app.db.clock(), ...(body.roundId && { roundId: body.roundId }) }), // prettier-ignore
  )
}
