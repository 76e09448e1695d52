import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { writeFamilies } from '#src/demonstration/families.ts'
import { beginCheck, confirmImport } from '#src/people/imports/acts.ts'
import { receiveImport } from '#src/people/imports/receive.ts'
import { checkImport, loadImport, type OpenFile } from '#src/people/imports/run.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'

/** What an import of new families writes; the raw copy writes the same rows into the same tables, with indexes, keys and triggers. */
const tables = ['family', 'person', 'person_sealed', 'register_event', 'register_event_sealed', 'assistance'] as const
const MEMBERS = 3.45

export type ImportFigures = { rows: number; importSeconds: number; copySeconds: number; ratio: number }

/** Loads about `rows` people from a CSV, and then the very rows that made by raw COPY into a database of its own. */
export async function importBench(rows: number, tell: (line: string) => void): Promise<ImportFigures> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pilar-bench-import-'))
  try {
    const one = await testDatabase({ max: 4 })
    const villages = await one.sql<{ code: string }>(`select code from region where tier = 'village' order by code`)
    const file = path.join(folder, 'families.csv')
    await writeFamilies(file, { families: Math.round(rows / MEMBERS), villages: villages.map((row) => row.code) })
    const { actor } = await signedIn(one.db, { role: 'supervisor', regionCode: '00' })
    const open: OpenFile = () => () => Promise.resolve(createReadStream(file, { highWaterMark: 256 * 1024 }))
    const { size } = await stat(file)
    const sent = { fileId: file, name: 'families.csv', bytes: size }
    const { id } = await receiveImport(one.db, actor, sent, open(file), { rows: rows * 2 })
    await one.db.as(actor, (tx) => beginCheck(tx, actor, id))
    await checkImport(one.db, open, id, undefined, { tryRows: false })
    await one.db.as(actor, (tx) => confirmImport(tx, actor, id))
    tell(`importing ${Math.round(size / 1e6)} MB`)
    const importSeconds = await seconds(() => loadImport(one.db, open, id))
    const [{ n = 0 } = {}] = await one.sql<{ n: number }>('select count(*)::int as n from person')

    tell('the same rows by COPY')
    await eachTable(one.ownerUrl, (client, table) =>
      pipeline(client.query(copyTo(`copy ${table} to stdout`)), createWriteStream(path.join(folder, table))),
    )
    await one.drop()
    const other = await testDatabase({ max: 2 })
    const copySeconds = await seconds(() =>
      eachTable(other.ownerUrl, (client, table) =>
        pipeline(createReadStream(path.join(folder, table)), client.query(copyFrom(`copy ${table} from stdin`))),
      ),
    )
    await other.drop()
    return { rows: n, importSeconds, copySeconds, ratio: copySeconds / importSeconds }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function eachTable(url: string, work: (client: pg.Client, table: string) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const table of tables) await work(client, table)
  } finally {
    await client.end()
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
