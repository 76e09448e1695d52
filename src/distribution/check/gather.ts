/**
 * Asks together what is asked at the same time: what comes while every lane is busy waits for the next that is free and goes with
 * everybody who waits by then, at most `most`. Nobody waits for others to come. `ask` answers in the order it was asked.
 */
export function gather<One, Answer>(
  ask: (all: One[]) => Promise<readonly Answer[]>,
  { lanes, most }: { lanes: number; most: number },
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
      if (busy < lanes) void go()
    })
}
