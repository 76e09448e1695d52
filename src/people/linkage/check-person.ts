import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { onRegisterChange, registerTerm } from '../register/index.ts'
import { dropUnlikely, type FoundPair, savePairs } from './pairs.ts'
import { findPerson, likelySame, rowOfPerson } from './persons.ts'
import { peopleProfile } from './profile-people.ts'
import { type Learned, newestModel, termsOf } from './register-model.ts'
import { evidenceOf, scorer, sizeOf, vectorOf } from './scoring.ts'

/** From which probability on (0 to 1) a pair is shown as possible. */
export async function leastProbability(tx: Tx, day: string): Promise<number> {
  return (await registerTerm(tx, 'link_possible', day)).amount / 1000
}

/**
 * Compares one person with everybody who may be the same, and writes down the pairs. As the system (`db.asSystem`): what is found
 * does not depend on who asks. Answers how many pairs are new.
 */
export async function checkPerson(tx: Tx, personId: string, known?: Learned): Promise<number> {
  const person = await findPerson(tx, personId)
  if (!person) return 0
  const learned = known ?? (await newestModel(tx))
  const { rows } = await sql<{ day: string }>`select acting_now()::date::text as day`.execute(tx)
  const least = await leastProbability(tx, rows[0]?.day ?? '')
  const judge = scorer(peopleProfile, learned.model, sizeOf(learned.persons), termsOf(learned))
  const own = rowOfPerson(person)
  const found: FoundPair[] = []
  for (const other of await likelySame(tx, person)) {
    const row = rowOfPerson(other)
    const vector = vectorOf(peopleProfile.comparisons, own, row)
    const { match, household, weight } = judge(own, row, vector)
    const sameNik = Boolean(person.nik) && person.nik === other.nik
    if (match < least && !sameNik) continue
    const evidence = evidenceOf(peopleProfile, learned.model, vector, household, match)
    found.push({ one: person.id, other: other.id, probability: match, weight, evidence, sameNik })
  }
  await dropUnlikely(
    tx,
    personId,
    found.map(({ other }) => other),
  )
  return savePairs(tx, found)
}

/** Whoever is new or changed, and the members of a family that changed, wait to be compared from the moment of the change. */
export function watchRegister(): () => void {
  return onRegisterChange(async (tx, { persons, families }) => {
    await sql`insert into link_waiting (person_id)
      select unnest(${persons}::uuid[]) union select id from person where family_id = any (${families}::uuid[])
      on conflict do nothing`.execute(tx)
  })
}

/**
 * People of imports that ended since the last look wait to be compared, also of those that were cut short; of a large import they do not, as going through the whole
 * register once is quicker than asking for each. Answers whether that is needed.
 */
async function takeImports(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ needsScan: boolean }>`
    with ended as (
      insert into link_import (import_id)
      select id from register_import i where (i.state = 'done' or i.state in ('cancelled', 'failed') and i.confirmed_at is not null)
        and not exists (select from link_import l where l.import_id = i.id)
      on conflict do nothing returning import_id),
    sized as (
      select i.number, i.rows_total > (select amount from register_term where key = 'link_import_by_scan' and valid_from <= acting_now()::date
        order by valid_from desc limit 1) as large
      from ended join register_import i on i.id = ended.import_id),
    put as (
      insert into link_waiting (person_id)
      select distinct e.subject_id from sized join register_event e on e.source_ref = sized.number and e.subject = 'person'
      where not sized.large
      on conflict do nothing)
    select coalesce(bool_or(large), false) as "needsScan" from sized`.execute(tx)
  return rows[0]?.needsScan ?? false
}

/**
 * Compares those who wait, oldest first, each process others; answers how many were compared. `scan` puts a search of the whole
 * register in the queue, in the same transaction.
 */
export async function checkWaiting(db: Db, scan: (tx: Tx) => Promise<void>, most = 200): Promise<number> {
  return db.asSystem('linkage: compare who is new or changed', async (tx) => {
    if (await takeImports(tx)) await scan(tx)
    const { rows } = await sql<{ person_id: string }>`
      delete from link_waiting where person_id in (
        select person_id from link_waiting order by since, person_id limit ${most} for update skip locked)
      returning person_id`.execute(tx)
    if (rows.length === 0) return 0
    const learned = await newestModel(tx)
    for (const { person_id: id } of rows) await checkPerson(tx, id, learned)
    return rows.length
  })
}
