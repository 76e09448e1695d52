import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { requireOpening } from '../register/index.ts'
import { FamilyPair } from './schema.ts'

/** Pairs of an opened family that wait to be judged: a member, and the record that may be the same person. At most 20, the likeliest first. */
export async function pairsOfFamily(tx: Tx, actor: Actor, familyId: string): Promise<Static<typeof FamilyPair>[]> {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<Static<typeof FamilyPair>>`
    with own as materialized (select id, name from person where family_id = ${familyId})
    select x.left_id as "leftId", x.right_id as "rightId", x.member, o.name as other, r.name as village, x.same_nik as "sameNik"
    from (
      select p.left_id, p.right_id, own.name as member, p.right_id as other_id, p.same_nik, p.weight
      from own join link_pair p on p.left_id = own.id where p.state = 'possible'
      union all
      select p.left_id, p.right_id, own.name, p.left_id, p.same_nik, p.weight
      from own join link_pair p on p.right_id = own.id where p.state = 'possible' and p.left_id not in (select id from own)
    ) x join person o on o.id = x.other_id join region r on r.code = o.region_code
    order by x.weight desc, x.left_id, x.right_id limit 20`.execute(tx)
  return rows
}

/** The hint on the page of a family. */
export const familyPairRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/families/:id/pairs',
    {
      schema: {
        summary: 'People of a family one has opened who may be recorded twice',
        tags: ['register: linkage'],
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: Type.Array(FamilyPair), ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => pairsOfFamily(tx, actor, id)),
  )
}
