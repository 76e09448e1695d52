import { read } from '#lib/api.ts'
import type { Me } from '#src/access/schema.ts'
import { keptSelf } from './kept.ts'
import { isNoLine, patient } from './line.ts'

/**
 * Who is asking. On pages of the field without a line it is whoever opened them on this telephone before; everywhere else a broken line is
 * a failure like all others. `alone`: it comes from the telephone.
 */
export async function readMe(fetch: typeof globalThis.fetch, url: URL): Promise<{ me: Me; alone: boolean }> {
  const field = url.pathname.startsWith('/lapangan/')
  try {
    return { me: await read<Me>(field ? patient(fetch, 6000) : fetch, '/api/me', url), alone: false }
  } catch (problem) {
    if (!field || typeof indexedDB === 'undefined' || !isNoLine(problem)) throw problem
    const me = await keptSelf().catch(() => undefined)
    if (!me) throw problem
    return { me, alone: true }
  }
}
