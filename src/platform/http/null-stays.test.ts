import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { Type, type TSchema } from 'typebox'
import { schemaCompilers } from './compile.ts'
import { answerError } from './answer.ts'

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const body = Type.Object(
  {
    amount: Type.Optional(Nullable(Type.Integer({ minimum: 0 }))),
    note: Type.Optional(Nullable(Type.String({ maxLength: 5 }))),
    yes: Type.Optional(Nullable(Type.Boolean())),
    rows: Type.Optional(
      Type.Array(
        Type.Object({
          count: Nullable(Type.Integer()),
          either: Type.Union([Type.Integer(), Type.String(), Type.Null()]),
        }),
      ),
    ),
  },
  { additionalProperties: false },
)

for (const atOnce of [true, false])
  test(`what is null in a body stays null, and all else is as it was (compiled ${atOnce ? 'at once' : 'when needed'})`, async () => {
    const app = Fastify({
      schemaController: { compilersFactory: schemaCompilers(atOnce) },
      ajv: { customOptions: { allErrors: false, removeAdditional: false, coerceTypes: 'array' } },
    })
    app.setErrorHandler(answerError)
    app.post('/', { schema: { body } }, async (request) => request.body)
    const send = async (payload: object) => {
      const answer = await app.inject({ method: 'POST', url: '/', payload })
      return answer.json() as Record<string, unknown> & { errors?: { field: string; code: string }[] }
    }
    const nulls = { amount: null, note: null, yes: null, rows: [{ count: null, either: null }] }
    assert.deepEqual(await send(nulls), nulls)
    const given = { amount: 0, note: '', yes: false, rows: [{ count: 0, either: '' }] }
    assert.deepEqual(await send(given), given)
    // Coercion of all else is kept: the same schemas read forms.
    assert.deepEqual(await send({ amount: '7', yes: 'true' }), { amount: 7, yes: true })
    const faultOf = async (payload: object) => {
      const [fault] = (await send(payload)).errors ?? []
      return [fault?.field, fault?.code]
    }
    assert.deepEqual(await faultOf({ amount: -1 }), ['amount', 'minimum'])
    assert.deepEqual(await faultOf({ note: 'panjang' }), ['note', 'maxLength'])
    assert.deepEqual(await faultOf({ rows: [{ count: null }] }), ['rows.0.either', 'required'])
    await app.close()
  })
