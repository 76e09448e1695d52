/**
 * The ticked rows of one list, by id. What has left the page stays ticked until `clear`, so `ids` is asked for
 * together with what is shown.
 */
export function selection() {
  let ids = $state<string[]>([])
  return {
    get ids(): readonly string[] {
      return ids
    },
    has: (id: string): boolean => ids.includes(id),
    toggle(id: string): void {
      ids = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id]
    },
    /** Ticks all of these, or none when all are ticked already. */
    toggleAll(all: readonly string[]): void {
      ids = all.every((id) => ids.includes(id)) ? [] : [...all]
    },
    clear(): void {
      ids = []
    },
  }
}
export type Selection = ReturnType<typeof selection>
