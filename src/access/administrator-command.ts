import { parseArgs } from 'node:util'
import { Value } from 'typebox/value'
import { readConfig } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { connect } from '#src/platform/db/index.ts'
import { reachDatabase } from '#src/platform/db/reach.ts'
import { makeAdministrator } from './administrator.ts'
import { NewAccount } from './schema.ts'

/*
 *   npm run administrator -- --username sri.wahyuni --name "Sri Wahyuni"
 *
 * Makes the first national administrator, or lets one back in. Prints a password for one sign-in. Works beside a running
 * Pilar and without one.
 */
async function run(): Promise<number> {
  const { values } = parseArgs({ options: { username: { type: 'string' }, name: { type: 'string' } } })
  const { username, name = username } = values
  const { properties } = NewAccount
  if (!username || !Value.Check(properties.username, username) || !Value.Check(properties.name, name)) {
    console.error(
      'Say who: npm run administrator -- --username sri.wahyuni --name "Sri Wahyuni"\nUser names have 3 to 60 small letters, digits, dots, dashes or underscores.',
    )
    return 2
  }
  const database = await reachDatabase(readConfig())
  const db = connect(database.url, { max: 1 })
  try {
    const { temporaryPassword, made } = await makeAdministrator(db, { username, name })
    console.log(`${made ? 'Made' : 'Opened again'}: ${username}, national administrator
Password for one sign-in, within three days: ${temporaryPassword}`)
    return 0
  } finally {
    await db.close()
    await database.close()
  }
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof CannotStart ? error.message : error)
  return 2
})
