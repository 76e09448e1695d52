import type { FastifyRequest } from 'fastify'

export type Locale = 'id' | 'en'

/** Indonesian unless the reader chose English (cookie `bahasa`) or a program asks for English only. */
export function localeOf(request: FastifyRequest): Locale {
  const cookie = /(?:^|;\s*)bahasa=(id|en)(?:;|$)/.exec(request.headers.cookie ?? '')?.[1]
  if (cookie === 'en' || cookie === 'id') return cookie
  return /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'id'
}
