import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from './cannot-start.ts'

/**
 * Takes the data folder for this process; one Pilar at a time works with an embedded database. What a killed process
 * left behind is recognised by its process number and the moment that process began, and replaced.
 *
 * @returns gives the folder back
 */
export async function holdDataFolder(folder: string): Promise<() => void> {
  await makeWritable(folder)
  const file = path.join(folder, 'pilar.pid')
  const mine = `${process.pid} ${beganAt(process.pid)}\n`
  const own = `${file}.${process.pid}`
  await writeFile(own, mine, { mode: 0o644 })
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // A link appears with its content or not at all, and fails if somebody else was first.
        await link(own, file)
        return () => release(file, mine)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = await readFile(file, 'utf8').catch(() => '')
      if (isHeld(holder)) throw inUse(folder, holder)
      await setAside(file, holder)
    }
    throw inUse(folder, await readFile(file, 'utf8').catch(() => ''))
  } finally {
    await rm(own, { force: true })
  }
}

/** Makes the folder if need be; a sentence if it cannot be written. */
export async function makeWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 })
    const probe = path.join(folder, `.probe-${process.pid}`)
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw diskFull(error)
    throw new CannotStart(
      `The data folder ${folder} cannot be written (${code ?? String(error)}). Start Pilar as the user it belongs to, or set PILAR_DATA to a folder of your own.`,
      { cause: error },
    )
  }
}

export function diskFull(cause?: unknown): CannotStart {
  return new CannotStart(
    'The disk is full. Free some space (Pilar needs about 1 GB to begin with), or set PILAR_DATA to a folder on a larger disk, and start again.',
    { cause },
  )
}

/** Two processes may find the same left-over: what was moved away is looked at once more and put back if it is alive. */
async function setAside(file: string, seen: string): Promise<void> {
  const aside = `${file}.old-${process.pid}`
  try {
    await rename(file, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if ((await readFile(aside, 'utf8')) !== seen) await link(aside, file).catch(() => {})
  await rm(aside, { force: true })
}

function isHeld(holder: string): boolean {
  const [pid, began] = holder.trim().split(' ')
  if (!pid || Number(pid) === process.pid) return false
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return beganAt(Number(pid)) === began
}

/** Field 22 of /proc/…/stat: ticks since the machine began. The name in field 2 may hold spaces and brackets. */
function beganAt(pid: number): string {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '?'
  } catch {
    return '?'
  }
}

function inUse(folder: string, holder: string): CannotStart {
  const pid = holder.trim().split(' ')[0]
  return new CannotStart(
    `Pilar already runs with the data folder ${folder}${pid ? ` (process ${pid})` : ''}. Use that one, stop it (Ctrl-C where it runs, or kill ${pid || 'its process'}), or set PILAR_DATA and PORT to start another beside it.`,
  )
}

function release(file: string, mine: string): void {
  try {
    if (readFileSync(file, 'utf8') === mine) rmSync(file, { force: true })
  } catch {
    // Gone already.
  }
}

/** The key of this installation, 32 bytes, made on the first start and kept with mode 600. */
export async function installationKey(folder: string): Promise<Buffer> {
  const file = path.join(folder, 'secret')
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const own = `${file}.${process.pid}`
  await writeFile(own, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  try {
    // Fails if there is a key already: then that one holds, also when two processes start together.
    await link(own, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(own, { force: true })
  }
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex')
  if (key.length !== 32) {
    throw new CannotStart(
      `${file} does not hold a key of 64 hexadecimal digits. Bring it back from a backup: what it encrypted cannot be read without it.`,
    )
  }
  return key
}
