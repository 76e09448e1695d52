/** Whether a request failed for want of a line; what the office answered, good or bad, is something else. */
export const isNoLine = (problem: unknown): boolean =>
  problem instanceof TypeError ||
  (problem instanceof DOMException && (problem.name === 'TimeoutError' || problem.name === 'AbortError'))

/** A fetch that takes a line that says nothing for so long for none. On the server it only passes on. */
export const patient =
  (fetch: typeof globalThis.fetch, milliseconds: number): typeof globalThis.fetch =>
  (input, init) =>
    typeof window === 'undefined'
      ? fetch(input, init)
      : fetch(input, { ...init, signal: AbortSignal.timeout(milliseconds) })
