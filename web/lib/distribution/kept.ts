import type { NewRedemption, StopWork } from '#src/distribution/handover/schema.ts'
import type { TrustedKey } from '#src/distribution/vouchers/token.ts'

/*
 * What the telephone keeps while there is no line: records that have not reached the office, and the list of a stop. In IndexedDB,
 * because photos are too large for anything else; a record is kept before it is sent and forgotten only when the office has it.
 */

/** A record on its way. `bodySent`: the office has it, its pictures are still here. `fault`: the office refused it. */
export type Kept = {
  id: string
  accountId: string
  roundId: string
  stopId: string
  familyId: string | null
  name: string
  body: NewRedemption
  photo: Blob | null
  proof: Blob | null
  bodySent: boolean
  fault: string | null
  keptAt: string
}
export type KeptList = { stopId: string; accountId: string; work: StopWork; keys: TrustedKey[]; keptAt: string }

const NAME = 'pilar-handing-over'
let opened: Promise<IDBDatabase> | undefined

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asking = indexedDB.open(NAME, 1)
    asking.onupgradeneeded = () => {
      asking.result.createObjectStore('records', { keyPath: 'id' })
      asking.result.createObjectStore('lists', { keyPath: 'stopId' })
    }
    asking.onsuccess = () => resolve(asking.result)
    asking.onerror = () => {
      opened = undefined
      reject(asking.error ?? new Error('indexedDB'))
    }
  })
  return opened
}

async function run<T>(
  store: 'records' | 'lists',
  mode: IDBTransactionMode,
  ask: (on: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const db = await open()
  return new Promise((resolve, reject) => {
    const tx = db.transaction(store, mode)
    const asked = ask(tx.objectStore(store))
    tx.oncomplete = () => resolve(asked.result)
    tx.onabort = tx.onerror = () => reject(tx.error ?? new Error('indexedDB'))
  })
}

export const keepRecord = (record: Kept): Promise<unknown> => run('records', 'readwrite', (on) => on.put(record))
export const forgetRecord = (id: string): Promise<unknown> => run('records', 'readwrite', (on) => on.delete(id))

/** The records of one account, the oldest first: another's are sent when they sign in again. */
export async function keptRecords(accountId: string): Promise<Kept[]> {
  const all = await run<Kept[]>('records', 'readonly', (on) => on.getAll())
  return all.filter((one) => one.accountId === accountId).sort((a, b) => (a.keptAt < b.keptAt ? -1 : 1))
}

export const keepList = (list: KeptList): Promise<unknown> => run('lists', 'readwrite', (on) => on.put(list))
export const forgetList = (stopId: string): Promise<unknown> => run('lists', 'readwrite', (on) => on.delete(stopId))
export async function keptList(stopId: string, accountId: string): Promise<KeptList | undefined> {
  const list = await run<KeptList | undefined>('lists', 'readonly', (on) => on.get(stopId))
  return list?.accountId === accountId ? list : undefined
}

/** A name of this device that says nothing about it, the same as long as the browser keeps it. */
export function deviceId(): string {
  const known = localStorage.getItem('pilar-device')
  if (known && /^[A-Za-z0-9_-]{1,60}$/.test(known)) return known
  const made = crypto.randomUUID()
  localStorage.setItem('pilar-device', made)
  return made
}
