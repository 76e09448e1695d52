/** True where the same was sent twice at the same moment and the other came first: what it did is read by trying again. */
export const isRepeat = (error: unknown): boolean => {
  const known = error as { code?: unknown; table?: unknown }
  return known.code === '23505' && known.table === 'idempotency_key'
}
