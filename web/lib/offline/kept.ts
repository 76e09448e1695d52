import type { Me } from '#src/access/schema.ts'
import type { NewRedemption, Redeemed, StopWork } from '#src/distribution/handover/schema.ts'
import type { TrustedKey } from '#src/distribution/vouchers/token.ts'

/*
 * What the telephone keeps while there is no line: records that have not reached the office, the list of a stop, and who is signed in. In
 * IndexedDB, because photos are too large for anything else. A record is kept before it is sent and forgotten only when the office has it; a
 * list goes at its hour, with its round, and with whoever signs out.
 */

/** A record on its way. `bodySent`: the office has it, its photo is still here. `fault`: why the office refused it. */
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
    const asking = indexedDB.open(NAME, 2)
    asking.onupgradeneeded = () => {
      const stores = asking.result.objectStoreNames
      if (!stores.contains('records')) asking.result.createObjectStore('records', { keyPath: 'id' })
      if (!stores.contains('lists')) asking.result.createObjectStore('lists', { keyPath: 'stopId' })
      if (!stores.contains('self')) asking.result.createObjectStore('self')
    }
    asking.onsuccess = () => {
      // A newer page in another tab may need another shape of it.
      asking.result.onversionchange = () => {
        asking.result.close()
        opened = undefined
      }
      resolve(asking.result)
    }
    asking.onerror = () => {
      opened = undefined
      reject(asking.error ?? new Error('indexedDB'))
    }
  })
  return opened
}

async function run<T>(
  store: 'records' | 'lists' | 'self',
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

/** Set by signing out: what a page had asked for before must not be kept after all was forgotten. */
let isLeaving = false
export async function keepList(list: KeptList): Promise<void> {
  if (!isLeaving) await run('lists', 'readwrite', (on) => on.put(list))
}
export const forgetList = (stopId: string): Promise<unknown> => run('lists', 'readwrite', (on) => on.delete(stopId))

/** The lists of one account that may still be kept; those whose hour has come are gone with this. */
export async function keptLists(accountId: string): Promise<KeptList[]> {
  const all = await run<KeptList[]>('lists', 'readonly', (on) => on.getAll())
  // A list an older page has kept says no hour.
  const isOver = (list: KeptList) => !list.work.keepUntil || new Date(list.work.keepUntil).getTime() <= Date.now()
  for (const list of all) if (isOver(list)) await forgetList(list.stopId)
  return all.filter((list) => list.accountId === accountId && !isOver(list))
}
export const keptList = async (stopId: string, accountId: string): Promise<KeptList | undefined> =>
  (await keptLists(accountId)).find((list) => list.stopId === stopId)

/** The list with what the office has taken of a record: nobody receives twice while a newer list has not come. */
export const withRecord = (work: StopWork, record: Kept, { familyId, state }: Redeemed): StopWork => ({
  ...work,
  people: work.people.map((one) =>
    one.familyId === familyId
      ? {
          ...one,
          state,
          reason: state === 'undelivered' ? (record.body.reason ?? one.reason) : null,
          redeemedAt: state === 'delivered' ? (one.redeemedAt ?? record.body.happenedAt) : null,
        }
      : one,
  ),
})
/** The same in the list that is kept, of whichever stop the record is. */
export async function keepTaken(record: Kept, redeemed: Redeemed): Promise<void> {
  const list = await keptList(record.stopId, record.accountId)
  if (list) await keepList({ ...list, work: withRecord(list.work, record, redeemed) })
}

/** Who works on this telephone, so that their pages open without a line; the lists of anybody else go. */
export async function keepSelf(me: Me): Promise<void> {
  for (const list of await run<KeptList[]>('lists', 'readonly', (on) => on.getAll()))
    if (list.accountId !== me.account.id) await forgetList(list.stopId)
  if (!isLeaving) await run('self', 'readwrite', (on) => on.put(me, 'me'))
}
export const keptSelf = (): Promise<Me | undefined> => run<Me | undefined>('self', 'readonly', (on) => on.get('me'))

/** Signing out: everything goes, and this page keeps nothing more. */
export function forgetAndLeave(): Promise<void> {
  isLeaving = true
  return forgetLists()
}

/** What goes when somebody signs out: every list, and who they were. Records that were not sent stay, for they have happened. */
export async function forgetLists(): Promise<void> {
  await run('lists', 'readwrite', (on) => on.clear())
  await run('self', 'readwrite', (on) => on.clear())
}

/** A name of this device that says nothing about it, the same as long as the browser keeps it. */
export function deviceId(): string {
  const known = localStorage.getItem('pilar-device')
  if (known && /^[A-Za-z0-9_-]{1,60}$/.test(known)) return known
  const made = crypto.randomUUID()
  localStorage.setItem('pilar-device', made)
  return made
}
