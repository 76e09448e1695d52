/*
 * The naive replay of a life, written from the words of the register's README and from nothing of fold.ts: what the tables say is
 * compared with it.
 */

export type RecordedEvent = {
  subject: string
  subject_id: string
  seq: number
  effective_on: string
  known: string
  corrects: number | null
  patch: Record<string, unknown>
  sealed: Record<string, unknown> | null
}
const counts = (event: RecordedEvent, all: readonly RecordedEvent[], at: string): boolean =>
  event.known <= at && !all.some((other) => other.corrects === event.seq && counts(other, all, at))

/** What holds of a family or person on a day, as believed at a moment (UTC, microseconds); null: nothing. */
export function replay(events: readonly RecordedEvent[], day: string, at: string) {
  const laid = events
    .filter((event) => counts(event, events, at) && event.effective_on <= day)
    .sort((a, b) => {
      if (a.effective_on !== b.effective_on) return a.effective_on < b.effective_on ? -1 : 1
      if (a.known !== b.known) return a.known < b.known ? -1 : 1
      return a.seq - b.seq
    })
  const lay = (start: Record<string, unknown>, patches: Record<string, unknown>[]) => {
    const state = structuredClone(start)
    for (const patch of patches)
      for (const [field, value] of Object.entries(patch)) {
        if (field === 'answers') {
          const answers = state['answers'] as Record<string, unknown>
          for (const [question, answer] of Object.entries(value as object))
            if (answer === null) delete answers[question]
            else answers[question] = answer
        } else if (value === null) {
          if (Array.isArray(start[field])) state[field] = []
          else delete state[field]
        } else state[field] = value
      }
    return state
  }
  const person = events[0]?.subject === 'person'
  const state = lay(
    person ? { answers: {}, ppks: [] } : { answers: {} },
    laid.map((event) => event.patch),
  )
  const there =
    state['status'] !== undefined && state['regionCode'] !== undefined && (!person || state['name'] !== undefined)
  const secret = laid.flatMap((event) => (event.sealed ? [event.sealed] : []))
  return {
    state: there ? state : null,
    sealed:
      there && secret.length > 0
        ? lay({ answers: {}, ppks: [], disabilities: [], chronicIllnesses: [] }, secret)
        : null,
  }
}
