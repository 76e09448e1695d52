import pg from 'pg'

const CHECK_MS = 30_000
const CONNECT_MS = 10_000
const longestPauseMs = 5_000

/**
 * Hears NOTIFY on a connection of its own: `heard` is called on each, and after every (re)connect, because what was said
 * in between is not repeated. Throws when the first connection fails; later ones are tried until the returned function
 * is called, which closes.
 */
export async function listen(url: string, channel: string, heard: () => void): Promise<() => Promise<void>> {
  let closed = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let pause = 250

  const open = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'pilar-listen',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
    })
    fresh.on('error', () => {})
    fresh.on('notification', heard)
    try {
      await fresh.connect()
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      // A connection that failed may also say that it ended; only one that was good is replaced below.
      void fresh.end().catch(() => {})
      throw error
    }
    if (closed) return fresh.end()
    client = fresh
    pause = 250
    const check = setInterval(() => void probe(fresh), CHECK_MS)
    check.unref()
    fresh.once('end', () => {
      clearInterval(check)
      if (!closed) again()
    })
    heard()
  }
  const again = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      open().catch(() => {
        pause = Math.min(pause * 2, longestPauseMs)
        if (!closed) again()
      })
    }, pause)
  }
  await open()
  return async () => {
    closed = true
    clearTimeout(timer)
    await client?.end().catch(() => {})
  }
}

/** A line that was cut without a word looks open for hours; a question without an answer ends it. */
async function probe(client: pg.Client): Promise<void> {
  const late = setTimeout(() => void client.end().catch(() => {}), CONNECT_MS)
  await client.query('select 1').catch(() => {})
  clearTimeout(late)
}
