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
  const { rows } = await sql<{ id: string; person: boolean }>`
    with given as (select * from jsonb_to_recordset(${JSON.stringify(numbers)}::jsonb) as g (id uuid, nik text, kk text))
    select id, true as person from given g where nik is not null
      and exists (select from person p where p.nik = g.nik and p.id <> g.id and p.status <> 'merged')
    union all select id, false from given g where kk is not null
      and exists (select from family f where f.kk_number = g.kk and f.id <> g.id and f.status <> 'merged')`.execute(tx)
  for (const { id, person } of rows)
    doubts.push(
      person
        ? { subject: 'person', subjectId: id, field: 'nik', code: 'nik_taken' }
        : { subject: 'family', subjectId: id, field: 'kkNumber', code: 'kk_taken' },
    )
  return doubts
}
