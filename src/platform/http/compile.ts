import buildValidators, { type BuildCompilerFromPool } from '@fastify/ajv-compiler'
import buildSerializers from '@fastify/fast-json-stringify-compiler'
import type { FastifySchemaCompiler, FastifyServerOptions } from 'fastify'
import { nullStays } from './null-stays.ts'

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>
/** What Fastify hands to a compiler of validators, whatever the type of the package says. */
type RouteSchema = { schema: unknown; httpPart?: string }
type Validate = ReturnType<ReturnType<BuildCompilerFromPool>>

/**
 * Fastify's own compilers of schemas, each schema compiled when the first request needs it. Compiled all at once, the
 * two thousand schemas of the routes take two seconds of processor time before the first request, and most processes
 * never meet most of them. That every one can be compiled is proved by test/architecture/routes.test.ts, which sets
 * `atOnce`.
 *
 * Names of headers in schemas are written in small letters: Fastify turns them so only for a compiler it makes itself.
 * A null in a body stays null: see null-stays.ts.
 */
export function schemaCompilers(atOnce: boolean): Factories {
  const build = buildValidators()
  const validators: BuildCompilerFromPool = (shared, options) => {
    const compile = build(shared, options)
    return (given) => {
      const route = given as RouteSchema
      return compile(route.httpPart === 'body' ? { ...route, schema: nullStays(route.schema) } : route)
    }
  }
  const serializers = buildSerializers()
  if (atOnce) return { buildValidator: validators, buildSerializer: serializers }
  return {
    buildValidator: ((shared, options) => {
      const compile = validators(shared, options)
      return (route) => whenNeeded(() => compile(route))
    }) satisfies BuildCompilerFromPool,
    buildSerializer: (shared, options) => {
      const compile = serializers(shared, options)
      return (route) => {
        let compiled: ReturnType<typeof compile> | undefined
        return (document) => (compiled ??= compile(route))(document)
      }
    },
  }
}

/** Fastify reads `errors` after a failure, and hands over the parent of a value (so that Ajv can change it) if there is a `schemaEnv`. */
function whenNeeded(compile: () => Validate): Validate {
  let compiled: Validate | undefined
  const validate = (...given: Parameters<Validate>) => {
    compiled ??= compile()
    const answer = compiled(...given)
    validate.errors = compiled.errors
    return answer
  }
  validate.errors = null as Validate['errors']
  Object.defineProperty(validate, 'schemaEnv', { value: true })
  return validate as Validate
}

/**
 * Validation that goes on after the first fault, for a route whose form should hear of all its faults at once
 * (`validatorCompiler: everyFault`). Not for bodies with long lists: a fault each would be told.
 */
export const everyFault: FastifySchemaCompiler<unknown> = (route) => {
  compileEvery ??= buildValidators()(
    {},
    { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: 'array' } },
  )
  const given = route as RouteSchema
  return compileEvery(
    given.httpPart === 'body' ? ({ ...route, schema: nullStays(given.schema) } as typeof route) : route,
  )
}
let compileEvery: ReturnType<ReturnType<typeof buildValidators>> | undefined
