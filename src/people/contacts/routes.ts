import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { RevealAct, Revealed } from '../register/schema.ts'
import { readContacts, revealContact } from './queries.ts'
import { changeAgreement, endContact, recordContact } from './record.ts'
import { AgreementAct, Contacts, EndAct, NewContact } from './schema.ts'

const tags = ['register: contacts']
const Uuid = Type.String({ format: 'uuid' })
const family = Type.Object({ id: Uuid })
const contact = Type.Object({ id: Uuid, contact: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const config = { access: ['officer', 'supervisor'] } as const

/** How an opened family can be reached: what is in use and what was, masked. */
export const contactRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** One act, and the contacts as they are then. */
  const after = (actor: Actor, familyId: string, work: (tx: Tx) => Promise<void>): Promise<Contacts> =>
    app.db.as(actor, async (tx) => {
      await work(tx)
      return readContacts(tx, actor, familyId)
    })
  app.get(
    '/register/families/:id/contacts',
    {
      schema: {
        summary: 'How an opened family can be reached, masked',
        tags,
        params: family,
        response: { 200: Contacts, ...failures },
      },
      config,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readContacts(tx, actor, id)),
  )
  app.post(
    '/register/families/:id/contacts',
    {
      schema: {
        summary: 'Record a number or address of an opened family; the same again changes nothing',
        tags,
        params: family,
        body: NewContact,
        response: { 200: Contacts, ...failures },
      },
      config,
    },
    async ({ actor, params: { id }, body }) =>
      after(actor, id, (tx) => recordContact(tx, actor, { ...body, familyId: id, source: 'desk' })),
  )
  app.post(
    '/register/families/:id/contacts/:contact/agreement',
    {
      schema: {
        summary: 'They agree to be written to, or no longer do',
        tags,
        params: contact,
        body: AgreementAct,
        response: { 200: Contacts, ...failures },
      },
      config,
    },
    async ({ actor, params, body }) =>
      after(actor, params.id, (tx) => changeAgreement(tx, actor, params.id, params.contact, body.agreed)),
  )
  app.post(
    '/register/families/:id/contacts/:contact/end',
    {
      schema: {
        summary: 'A contact is used no longer, and why',
        tags,
        params: contact,
        body: EndAct,
        response: { 200: Contacts, ...failures },
      },
      config,
    },
    async ({ actor, params, body }) =>
      after(actor, params.id, (tx) => endContact(tx, actor, params.id, params.contact, body.reason)),
  )
  app.post(
    '/register/families/:id/contacts/:contact/reveal',
    {
      schema: {
        summary: 'See it in full once, with a reason; it is written down',
        tags,
        params: contact,
        body: RevealAct,
        response: { 200: Revealed, ...failures },
      },
      config,
    },
    async ({ actor, params, body }) =>
      app.db.as(actor, async (tx) => ({
        value: await revealContact(tx, actor, params.id, params.contact, body.reason),
      })),
  )
}
