import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { checkKk, checkNik, type KkDoubt, type NikDoubt } from '../identity.ts'
import { currentOf, type Fields } from './fold.ts'
import type { Subject } from './working-set.ts'

/** Something to look at again, never a reason to refuse. `taken`: another one in the register has this number. */
export type Doubt = {
  subject: 'family' | 'person'
  subjectId: string
  field: 'nik' | 'kkNumber'
  code: NikDoubt | KkDoubt | 'nik_taken' | 'kk_taken'
}

/** A family or person with what holds of it. */
export type Standing = { subject: 'family' | 'person'; id: string; state: Fields }
export const standingOf = ({ subject, id, now }: Subject): Standing => ({
  subject,
  id,
  state: currentOf(now.open)?.state ?? {},
})

type Known = { nik?: string; kkNumber?: string; birthDate?: string; sex?: string }

/** Doubts about the numbers of families and persons as they stand after a change, in one query for all of them. */
export async function doubtsOf(tx: Tx, subjects: readonly Standing[]): Promise<Doubt[]> {
  const doubts: Doubt[] = []
  const numbers: { id: string; nik: string | null; kk: string | null }[] = []
  for (const one of subjects) {
    const { nik, kkNumber, birthDate, sex } = one.state as Known
    if (one.subject === 'person' && nik) {
      numbers.push({ id: one.id, nik, kk: null })
      for (const code of checkNik(nik, { birthDate: birthDate ?? null, sex: sex ?? null }))
        doubts.push({ subject: 'person', subjectId: one.id, field: 'nik', code })
    }
    if (one.subject === 'family' && kkNumber) {
      numbers.push({ id: one.id, nik: null, kk: kkNumber })
      for (const code of checkKk(kkNumber))
        doubts.push({ subject: 'family', subjectId: one.id, field: 'kkNumber', code })
    }
  }
  if (numbers.length === 0) return doubts
  const niks = numbers.flatMap((one) => (one.nik === null ? [] : [one.nik]))
  const cards = numbers.flatMap((one) => (one.kk === null ? [] : [one.kk]))
  // Looked up as lists: joined, a planner that knows nothing yet of a fresh table reads it once for each number.
  const { rows } = await sql<{ id: string; number: string; person: boolean }>`
    select id, nik as number, true as person from person where nik = any (${niks}) and status <> 'merged'
    union all select id, kk_number, false from family where kk_number = any (${cards}) and status <> 'merged'`.execute(
    tx,
  )
  const holders = Map.groupBy(rows, (row) => `${row.person} ${row.number}`)
  const taken = (person: boolean, number: string, id: string) =>
    (holders.get(`${person} ${number}`) ?? []).some((row) => row.id !== id)
  for (const { id, nik, kk } of numbers) {
    if (nik !== null && taken(true, nik, id))
      doubts.push({ subject: 'person', subjectId: id, field: 'nik', code: 'nik_taken' })
    if (kk !== null && taken(false, kk, id))
      doubts.push({ subject: 'family', subjectId: id, field: 'kkNumber', code: 'kk_taken' })
  }
  return doubts
}
