import { parentPort } from 'node:worker_threads'
import { rowOfPerson, type RegisterPerson } from './persons.ts'
import { peopleProfile } from './profile-people.ts'
import type { Learned } from './register-model.ts'
import { judgePieces, learnFrom, openStore, type Piece } from './scan-store.ts'

/*
 * The thread that compares a whole register, so that pages go on being answered. It holds no connection: people come in by messages,
 * pairs go out by messages, each piece when the one before has been written.
 */

export type ToScan =
  | { kind: 'people'; people: RegisterPerson[] }
  | { kind: 'judge'; least: number; after: string | null; model: Learned | null }
  | { kind: 'next' }
export type FromScan =
  { kind: 'ready' } | { kind: 'learned'; learned: Learned } | { kind: 'piece'; piece: Piece } | { kind: 'end' }

const port = parentPort
if (!port) throw new Error('scan-worker.ts runs as a thread only')
const answer = (message: FromScan): void => port.postMessage(message)

const store = openStore(peopleProfile)
let pieces: Generator<Piece> | undefined

port.on('message', (message: ToScan) => {
  if (message.kind === 'people') {
    for (const person of message.people) store.add(person.id, rowOfPerson(person))
    answer({ kind: 'ready' })
    return
  }
  if (message.kind === 'judge') {
    const pairs = store.pairs()
    const learned = message.model ?? learnFrom(peopleProfile, store, pairs)
    pieces = judgePieces(peopleProfile, store, pairs, learned, message.least, message.after)
    answer({ kind: 'learned', learned })
    return
  }
  const next = pieces?.next()
  answer(next && !next.done ? { kind: 'piece', piece: next.value } : { kind: 'end' })
})
