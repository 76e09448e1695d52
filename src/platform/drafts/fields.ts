import type { FieldError } from '#src/platform/http/problem.ts'

/** A fault of the whole that was sent, in the name of the page's own field; `otherwise` where it names none. */
export function fieldError(
  error: { keyword: string; instancePath: string; params: unknown },
  otherwise: string,
): FieldError {
  const params = error.params as { requiredProperties?: string[]; limit?: number }
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const field = [path, params.requiredProperties?.[0]].filter(Boolean).join('.')
  return {
    field: field || otherwise,
    code: error.keyword,
    ...(typeof params.limit === 'number' && { params: { limit: params.limit } }),
  }
}
