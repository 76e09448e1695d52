import { CannotStart } from '#src/platform/cannot-start.ts'

/** A connection string without its password, for messages: `postgres://pilar_app@db.example:5432/pilar`. */
export function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    parsed.password = ''
    parsed.search = ''
    return parsed.href
  } catch {
    return 'the given address'
  }
}

/**
 * What a failure to reach or use a database means for the person who starts Pilar, as a sentence; undefined when it is
 * not one of the failures that person can do something about.
 *
 * @param variable the environment variable the address came from, or undefined where it was not given by one
 */
export function explainDatabaseFailure(error: unknown, url: string, variable?: string): CannotStart | undefined {
  const { code, message } = codeAndMessage(error)
  const where = withoutPassword(url)
  const setting = variable ?? 'the address'
  const say = (sentence: string) => new CannotStart(sentence, { cause: error })
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ECONNRESET':
      return say(`No database answers at ${where} (${code}). Start PostgreSQL there, or correct ${setting}.`)
    case '28P01':
      return say(`The database at ${where} refuses the password. Correct the password in ${setting}.`)
    case '28000':
      return say(
        `The database at ${where} does not let this user in (${message}). Correct ${setting}, or pg_hba.conf on the server.`,
      )
    case '3D000':
      return say(
        `There is no such database: ${where}. Create it (createdb --encoding=UTF8 --template=template0 --locale=C.UTF-8), or correct ${setting}.`,
      )
    case '42501':
      return say(
        `The user of ${where} may not do what is needed (${message}). Give it the rights listed in docs/howto/production.md, or correct ${setting}.`,
      )
    case '53100':
      return say(`The disk of the database at ${where} is full. Free some space there and start again.`)
    case '53300':
      return say(
        `The database at ${where} takes no more connections. Stop other programs that use it, or raise max_connections there.`,
      )
    case '57P03':
      return say(`The database at ${where} is still starting or already stopping (${message}). Try again in a minute.`)
  }
  if (/timeout expired|timeout exceeded/i.test(message)) {
    return say(
      `The database at ${where} does not answer in time. Look whether it runs and a firewall lets you through, or correct ${setting}.`,
    )
  }
  if (/password must be a string|client password/i.test(message)) {
    return say(
      `The database at ${where} wants a password and ${setting} has none. Add it: postgres://user:password@host:5432/database.`,
    )
  }
  if (/does not support SSL/i.test(message)) {
    return say(
      `The database at ${where} does not speak TLS, and ${setting} asks for it. Take sslmode out, or switch TLS on at the server.`,
    )
  }
  if (/Invalid URL/i.test(message)) {
    return say(`${setting} is not an address of a database. It looks like postgres://user:password@host:5432/database.`)
  }
  return undefined
}

/** The failure of a connection may be several in one (IPv6, then IPv4): the last is told. */
function codeAndMessage(error: unknown): { code: string; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return codeAndMessage(error.errors.at(-1))
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  return { code: 'code' in error ? String(error.code) : '', message: error.message }
}
