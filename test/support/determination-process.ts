import { connect } from '#src/platform/db/index.ts'
import { runDetermination } from '#src/programmes/determination/run.ts'

/** A process that makes one list, to be killed in the middle of it: database, list, moment. */
const [appUrl = '', id = '', now = ''] = process.argv.slice(2)
const db = connect(appUrl, { max: 3, clock: () => new Date(now) })
await runDetermination(db, id)
await db.close()
