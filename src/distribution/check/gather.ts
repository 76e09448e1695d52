/**
 * Asks together what is asked at the same time: who comes while others are asked about goes with everybody who waits by then, at most
 * `most`, as soon as those are answered. Nobody waits for others to come. Where a `crowd` waits, another lane opens, so that one
 * that takes long does not hold up all. `ask` answers in the order it was asked.
 */
export function gather<One, Answer>(
  ask: (all: One[]) => Promise<readonly Answer[]>,
  { lanes, crowd, most }: { lanes: number; crowd: number; most: number },
): (one: One) => Promise<Answer> {
  type Waiting = { one: One; tell: (answer: Answer) => void; fail: (error: unknown) => void }
  let waiting: Waiting[] = []
  let busy = 0

  const go = async () => {
    const here = waiting.slice(0, most)
    waiting = waiting.slice(most)
    busy++
    try {
      const answers = await ask(here.map(({ one }) => one))
      if (answers.length !== here.length) throw new Error(`${answers.length} answers to ${here.length} questions`)
      for (const [at, { tell }] of here.entries()) tell(answers[at] as Answer)
    } catch (error) {
      for (const { fail } of here) fail(error)
    } finally {
      busy--
      if (waiting.length > 0) void go()
    }
  }
  return (one) =>
    new Promise((tell, fail) => {
      waiting.push({ one, tell, fail })
      if (busy === 0 || (busy < lanes && waiting.length >= crowd)) void go()
    })
}
