import { connect, type Actor, type Db } from '#src/platform/db/index.ts'
import { makeCast, people, DEMONSTRATION_PASSWORD, type Cast } from './accounts.ts'
import { playHistory } from './history.ts'
import { playLists } from './lists.ts'
import { playProposals } from './proposals.ts'
import { playRound } from './rounds.ts'
import { playServices } from './service-cases.ts'
import { settleFamilies } from './settle.ts'

export { DEMONSTRATION_PASSWORD, people as demonstrationPeople } from './accounts.ts'
export type { Cast }

const DAY = 86_400_000
const DAYS = 49
const ENOUGH = 40
const FAMILIES = 20_000

/**
 * Invented families in the register and seven weeks of invented complaints, made through the same verbs as real ones and dated as if they
 * had happened, so that lists, deadlines and statistics have something to show. Made once; later starts find it there.
 */
export async function createDemonstration(given: {
  appUrl: string
  secret: Buffer
  /** public address of the installation; needed for links only */
  baseUrl?: string
  /** invented families may have invented telephones: false where messages are really sent */
  contacts?: boolean
  onProgress?: (sentence: string) => void
  now?: Date
  /** 20,000 unless told */
  families?: number
}): Promise<{ accounts: { username: string; what: string }[]; password: string }> {
  const now = given.now ?? new Date()
  // A clock of its own: history is told in the order it happened.
  let at = now
  const db: Db = connect(given.appUrl, { max: 2, clock: () => at })
  try {
    const told = await db.asSystem('demonstration: how far is it told', (tx) =>
      tx
        .selectFrom('complaint')
        .select((eb) => [eb.fn.countAll<number>().as('cases'), eb.fn.max('filed_at').as('last')])
        .executeTakeFirstOrThrow(),
    )
    // Families were there before anybody complained.
    at = new Date(now.getTime() - (DAYS + 1) * DAY)
    await settleFamilies({
      db,
      cast: async () => {
        const cast = acting(await makeCast(db, at))
        return (username) => cast(username, at)
      },
      families: given.families ?? FAMILIES,
      onProgress: given.onProgress,
    })
    // A first start that was cut off goes on where it stopped; one that was told to its end has this many.
    if (told.cases < ENOUGH) {
      const began = told.last ? new Date(told.last.getTime() + DAY) : new Date(now.getTime() - DAYS * DAY)
      at = began
      const cast = await makeCast(db, began)
      given.onProgress?.('Telling seven weeks of the demonstration')
      await playHistory({
        db,
        secret: given.secret,
        cast: acting(cast),
        now,
        from: began,
        setClock: (to) => void (at = to),
      })
    }
    await playProposals({
      db,
      secret: given.secret,
      cast: acting(await makeCast(db, now)),
      now,
      setClock: (to) => void (at = to),
    })
    await playServices({ db, cast: acting(await makeCast(db, now)), now, setClock: (to) => void (at = to) })
    await playLists({ db, cast: acting(await makeCast(db, now)), now, setClock: (to) => void (at = to) })
    await playRound({
      db,
      secret: given.secret,
      baseUrl: given.baseUrl ?? 'http://localhost',
      contacts: given.contacts ?? true,
      cast: acting(await makeCast(db, now)),
      now,
      setClock: (to) => void (at = to),
    })
  } finally {
    await db.close()
  }
  return { accounts: people.map(({ username, what }) => ({ username, what })), password: DEMONSTRATION_PASSWORD }
}

const acting =
  (cast: Cast) =>
  (username: string, at: Date): Actor => {
    const person = cast.get(username)
    if (!person) throw new Error(`nobody is called ${username} in the demonstration`)
    return { ...person, at }
  }
