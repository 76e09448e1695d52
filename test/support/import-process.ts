import { createReadStream } from 'node:fs'
import { connect } from '#src/platform/db/index.ts'
import { loadImport } from '#src/people/imports/run.ts'

/** A process that loads one import, to be killed in the middle of it: database, file, import. */
const [appUrl = '', file = '', id = ''] = process.argv.slice(2)
const db = connect(appUrl, { max: 3 })
await loadImport(db, () => () => Promise.resolve(createReadStream(file)), id)
await db.close()
