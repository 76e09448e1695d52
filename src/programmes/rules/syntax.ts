import { parse } from '@bufbuild/cel'
import { MOST_TEXT } from './definition.ts'
import { spanner, type Span } from './tokens.ts'

/*
 * A text of CEL as a tree with the place of each part in the text. @bufbuild/cel parses; it expands its macros into loops and keeps
 * one offset for each part. Here the loops become macros again, and each part gets where it begins and ends.
 */

export type Expr = ReturnType<typeof parse>['expr']
export type Macro = 'exists' | 'all' | 'exists_one' | 'filter' | 'map'
/** `expr`: the same part as the evaluator takes it */
export type Node = Span & { expr: Expr } & (
    | { kind: 'literal'; value: bigint | string | boolean }
    | { kind: 'list'; items: Node[] }
    | { kind: 'name'; name: string }
    | { kind: 'select'; of: Node; field: string }
    | { kind: 'has'; of: Node; field: string }
    | { kind: 'call'; name: string; args: Node[] }
    | { kind: 'macro'; name: Macro; list: Node; variable: string; where?: Node; body: Node }
    | { kind: 'other' }
  )

export type SyntaxFault = Span & {
  code: 'empty' | 'too_long' | 'characters' | 'syntax' | 'too_deep' | 'too_big'
  values: Record<string, string | number>
}

/** Brackets in brackets; the parser, the checker and PostgreSQL go as deep as the text does. */
const DEEPEST = 24
const MOST_NODES = 400

const isFault = (value: Node | SyntaxFault): value is SyntaxFault => 'code' in value
export { isFault as isSyntaxFault }

/** The tree of a text, or what is wrong with its form. */
export function readCel(text: string): Node | SyntaxFault {
  const whole = { from: 0, to: text.length }
  if (text.trim() === '') return { ...whole, code: 'empty', values: {} }
  if (text.length > MOST_TEXT) return { ...whole, code: 'too_long', values: { limit: MOST_TEXT } }
  const odd = oddCharacter(text)
  if (odd !== undefined) return { from: odd, to: odd + 1, code: 'characters', values: {} }
  const spans = spanner(text)
  if (spans.deepest.depth > DEEPEST)
    return { from: spans.deepest.at, to: spans.deepest.at + 1, code: 'too_deep', values: { limit: DEEPEST } }
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(text)
  } catch (error) {
    return syntaxFault(text, error)
  }
  const seen = { nodes: 0, depth: 0 }
  const positions: Readonly<Record<string, number>> = parsed.sourceInfo?.positions ?? {}
  const macroCalls: Readonly<Record<string, Expr>> = parsed.sourceInfo?.macroCalls ?? {}
  try {
    return read(parsed.expr)
  } catch (error) {
    if (error instanceof TooMuch) return { ...whole, code: error.code, values: { limit: error.limit } }
    throw error
  }

  function read(expr: Expr): Node {
    if (++seen.nodes > MOST_NODES) throw new TooMuch('too_big', MOST_NODES)
    if (++seen.depth > 4 * DEEPEST) throw new TooMuch('too_deep', 4 * DEEPEST)
    const node = readKind(expr)
    seen.depth--
    return node
  }

  function readKind(expr: Expr): Node {
    const at = positions[String(expr.id)] ?? 0
    const { exprKind } = expr
    switch (exprKind.case) {
      case 'constExpr': {
        const constant = exprKind.value.constantKind
        const span = spans.literal(at)
        if (constant.case === 'int64Value' || constant.case === 'stringValue' || constant.case === 'boolValue')
          return { ...span, expr, kind: 'literal', value: constant.value }
        return { ...span, expr, kind: 'other' }
      }
      case 'identExpr':
        return { ...spans.token(at), expr, kind: 'name', name: exprKind.value.name }
      case 'selectExpr': {
        const { operand, field, testOnly } = exprKind.value
        if (!operand) return { ...whole, expr, kind: 'other' }
        const of = read(operand)
        if (testOnly) return { ...spans.call(at), expr, kind: 'has', of, field }
        return { from: spans.outer(of).from, to: spans.afterDot(at), expr, kind: 'select', of, field }
      }
      case 'listExpr':
        return { ...spans.bracket(at), expr, kind: 'list', items: exprKind.value.elements.map(read) }
      case 'callExpr': {
        const { target, function: name, args } = exprKind.value
        const all = [...(target ? [target] : []), ...args].map(read)
        return { ...spanOfCall(name, at, target !== undefined, all), expr, kind: 'call', name, args: all }
      }
      case 'comprehensionExpr': {
        const call = macroCalls[String(expr.id)]?.exprKind
        const name = call?.case === 'callExpr' ? call.value.function : ''
        const body = call && bodyOf(name, exprKind.value.loopStep)
        if (!body || !exprKind.value.iterRange) return { ...spans.token(at), expr, kind: 'other' }
        const list = read(exprKind.value.iterRange)
        const where = body.where && read(body.where)
        return {
          from: spans.outer(list).from,
          to: spans.methodEnd(at),
          expr,
          kind: 'macro',
          name: body.macro,
          list,
          variable: exprKind.value.iterVar,
          ...(where && { where }),
          body: read(body.of),
        }
      }
      default:
        return { ...spans.token(at), expr, kind: 'other' }
    }
  }

  function spanOfCall(name: string, at: number, method: boolean, args: readonly Node[]): Span {
    const [first] = args
    const last = args.at(-1)
    if (!first || !last) return spans.call(at)
    if (name === '_[_]') return { from: spans.outer(first).from, to: spans.bracket(at).to }
    if (name === '!_' || name === '-_') return { from: spans.token(at).from, to: spans.outer(last).to }
    if (/^[_@]/.test(name)) return { from: spans.outer(first).from, to: spans.outer(last).to }
    return method ? { from: spans.outer(first).from, to: spans.methodEnd(at) } : spans.call(at)
  }
}

class TooMuch extends Error {
  readonly code: 'too_deep' | 'too_big'
  readonly limit: number
  constructor(code: 'too_deep' | 'too_big', limit: number) {
    super(code)
    this.code = code
    this.limit = limit
  }
}

/** What PostgreSQL and JSON cannot hold: NUL, halves of surrogate pairs. */
function oddCharacter(text: string): number | undefined {
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code === 0 || (code >= 0xd800 && code <= 0xdfff)) return at
    if (code > 0xffff) at++
  }
  return undefined
}

function syntaxFault(text: string, error: unknown): SyntaxFault {
  const location = (error as { location?: { start?: { offset?: number } } }).location
  const from = Math.min(location?.start?.offset ?? 0, text.length)
  const found = text.slice(from, from + 1)
  return { from, to: Math.min(from + 1, text.length), code: 'syntax', values: { found } }
}

/** The written body of an expanded macro. */
function bodyOf(name: string, step: Expr | undefined): { macro: Macro; of: Expr; where?: Expr } | undefined {
  const args = argsOf(step)
  switch (name) {
    case 'exists':
    case 'all':
      return args[1] && { macro: name, of: args[1] }
    case 'exists_one':
    case 'existsOne':
      return args[0] && { macro: 'exists_one', of: args[0] }
    case 'filter':
      return args[0] && { macro: name, of: args[0] }
    case 'map': {
      const where = args.length === 3 ? args[0] : undefined
      const added = argsOf(where ? args[1] : step)[1]
      const of = added?.exprKind.case === 'listExpr' ? added.exprKind.value.elements[0] : undefined
      return of && { macro: name, of, ...(where && { where }) }
    }
    default:
      return undefined
  }
}

const argsOf = (expr: Expr | undefined): Expr[] => (expr?.exprKind.case === 'callExpr' ? expr.exprKind.value.args : [])
