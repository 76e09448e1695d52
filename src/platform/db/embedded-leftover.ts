import { readFile, readlink, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from '#src/platform/cannot-start.ts'

/**
 * After `kill -9` of Pilar its database server goes on without it. It is stopped cleanly and started anew, so that
 * settings and program are the present ones. The caller holds the data folder: no living Pilar uses that server.
 *
 * A `postmaster.pid` whose process is gone is left to PostgreSQL, which replaces it; one whose number now belongs to
 * some other program would make PostgreSQL refuse, so it is removed.
 */
export async function stopLeftover(cluster: string, onProgress: (line: string) => void): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid')
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1) return
  let program = await programOf(pid)
  // Killed, but nobody has taken note of its end yet: PostgreSQL would take it for alive. Its own children end within a
  // second of it; where the first process of a container never takes note, the file is removed after some more.
  for (let waited = 0; program === 'ended' && waited < 5_000; waited += 100) {
    await sleep(100)
    program = await programOf(pid)
  }
  if (program === 'gone') return
  if (program === 'ended') {
    await rm(file, { force: true })
    return
  }
  if (program === 'other') {
    await rm(file, { force: true })
    return
  }
  onProgress('The database server of an earlier run is still there: stopping it first')
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return
    throw new CannotStart(
      `A database server of another user (process ${pid}) works in ${cluster}. Stop it as that user (kill -INT ${pid}), or set PILAR_DATA to another folder.`,
      { cause: error },
    )
  }
  for (let waited = 0; waited < 90_000; waited += 50) {
    if (['gone', 'ended'].includes(await programOf(pid))) return
    await sleep(50)
  }
  throw new CannotStart(
    `The database server of an earlier run (process ${pid}) does not end. Stop it (kill -QUIT ${pid}) and start again.`,
  )
}

async function programOf(pid: number): Promise<'gone' | 'ended' | 'postgres' | 'other'> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'gone'
  }
  // Without /proc nothing is known but that it lives: PostgreSQL then decides for itself.
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  if (/\) Z /.test(status)) return 'ended'
  const executable = await readlink(`/proc/${pid}/exe`).catch(() => '')
  const command = executable || (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres'))
  return /postgres|postmaster/.test(command) ? 'postgres' : 'other'
}
