import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type Actor, type Db, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { authorizeLead, inSocialOffice } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import { type FileRow, paymentText } from './paper.ts'
import { countChanged, holdFamilies, payable } from './payable.ts'
import type { NewPaymentFile } from './schema.ts'

/** Rows read at once while a file is written. */
const PAGE = 5000

/** Makes a payment file of everybody who can be paid this way. It is numbered and never changes; another person releases it. */
export async function makePaymentFile(tx: Tx, actor: Actor, roundId: string, given: NewPaymentFile): Promise<string> {
  const round = await getRound(tx, actor, roundId, true)
  if (round.state !== 'open' && round.state !== 'closed') throw conflict('round_not_in_this_state')
  const bank = given.bank === undefined ? null : cleanLine(given.bank).toUpperCase()
  const id = uuid()
  await withinAsSystem(tx, 'distribution: make a payment file', async (within) => {
    const { rows: numbers } = await sql<{ number: string }>`
      select 'BYR-' || lpad(nextval('payment_file_number')::text, 6, '0') as number`.execute(within)
    const number = numbers[0]?.number ?? ''
    await sql`
      create temp table payment_made on commit drop as
      select x.*, left(encode(sha256(convert_to(concat_ws('|', ${number}::text || '-' || lpad(row_no::text, 7, '0'), coalesce(bank, ''), coalesce(number, ''), holder, amount), 'UTF8')), 'hex'), 16) as checksum
      from (select row_number() over (order by region_code, family_id)::int as row_no, family_id, region_code, account_id, bank, number, holder, amount
        from (${payable(roundId)}) p
        where p.way = ${given.way} and (p.way = 'post_office' or p.account_id is not null) and (${bank}::text is null or p.bank = ${bank})) x`.execute(
      within,
    )
    const { rows: sums } = await sql<{ rows: number; amount: number }>`
      select count(*)::int as rows, coalesce(sum(amount), 0)::bigint as amount from payment_made`.execute(within)
    const { rows, amount } = sums[0] ?? { rows: 0, amount: 0 }
    if (rows === 0) throw conflict('payment_nobody')
    const whole = createHash('sha256')
    let bytes = 0
    async function* pages(): AsyncGenerator<FileRow[]> {
      for (let after = 0; after < rows; after += PAGE) {
        const page = await sql<FileRow>`
          select row_no, bank, number, holder, amount, checksum from payment_made where row_no > ${after} and row_no <= ${after + PAGE} order by row_no`.execute(
          within,
        )
        yield page.rows
      }
    }
    for await (const text of paymentText({ number, rows, amount, about: aboutOf(round) }, pages(), whole))
      bytes += Buffer.byteLength(text)
    await sql`
      insert into payment_file (round_id, id, number, region_code, way, bank, state, row_count, amount, bytes, sha256, made_by)
      values (${roundId}, ${id}, ${number}, ${round.region_code}, ${given.way}, ${bank}, 'made', ${rows}, ${amount}, ${bytes}, ${whole.digest('hex')}, ${actor.accountId})`.execute(
      within,
    )
    await sql`
      insert into payment_row (file_id, row_no, round_id, family_id, region_code, account_id, bank, number, holder, amount, checksum, status)
      select ${id}, row_no, ${roundId}, family_id, region_code, account_id, bank, number, holder, amount, checksum, 'sent' from payment_made`.execute(
      within,
    )
    await sql`drop table payment_made`.execute(within)
  })
  await told(tx, round, 'round.payment')
  return id
}

const aboutOf = (round: { number: string; programme_code: string; period: string }) =>
  `${round.programme_code} ${round.period} ${round.number}`

export type FileHead = {
  id: string
  round_id: string
  number: string
  region_code: string
  state: 'made' | 'released' | 'discarded'
  row_count: number
  amount: number
  sha256: string
  made_by: string
  round_state: string
  about_number: string
  programme_code: string
  period: string
}

/** A payment file of a round the actor may lead. With `hold`, until the end of the transaction. */
export async function getPaymentFile(
  tx: Tx,
  actor: Actor,
  roundId: string,
  fileId: string,
  hold = false,
): Promise<FileHead> {
  if (!inSocialOffice(actor)) throw forbidden('payment.read')
  const { rows } = await sql<FileHead>`
    select f.id, f.round_id, f.number, f.region_code, f.state, f.row_count, f.amount, f.sha256, f.made_by, d.state as round_state, d.number as about_number,
      d.programme_code, d.period
    from payment_file f join distribution_round d on d.id = f.round_id where f.round_id = ${roundId} and f.id = ${fileId} ${hold ? sql`for update of f` : sql``}`.execute(
    tx,
  )
  const [file] = rows
  if (!file) throw notFound('payment_file')
  if (hold) authorizeLead(actor, file.region_code)
  return file
}

/**
 * Lets a file go to the bank: by a supervisor who did not make it. Every row is checked again while its family is held; where one is no
 * longer as it would be made now nothing goes, and the file has to be made anew: what two people agree on is the whole file.
 */
export async function releasePaymentFile(tx: Tx, actor: Actor, roundId: string, fileId: string): Promise<void> {
  const file = await getPaymentFile(tx, actor, roundId, fileId, true)
  if (actor.role !== 'supervisor') throw forbidden('payment.release')
  if (file.state === 'released') return
  if (file.state !== 'made') throw conflict('payment_discarded')
  if (file.made_by === actor.accountId) throw conflict('payment_by_another')
  if (file.round_state !== 'open' && file.round_state !== 'closed') throw conflict('round_not_in_this_state')
  const changed = await withinAsSystem(tx, 'distribution: check a payment file again', async (within) => {
    await holdFamilies(within, roundId, fileId)
    return countChanged(within, fileId)
  })
  if (changed.count > 0) throw conflict('payment_rows_changed', { count: changed.count })
  await sql`update payment_file set state = 'released', released_by = ${actor.accountId}, released_at = acting_now() where id = ${fileId}`.execute(
    tx,
  )
  await told(tx, { id: roundId, region_code: file.region_code }, 'round.payment')
}

/** Gives up a file that was not released: its families can be put into another one. */
export async function discardPaymentFile(
  tx: Tx,
  actor: Actor,
  roundId: string,
  fileId: string,
  reason: string,
): Promise<void> {
  const file = await getPaymentFile(tx, actor, roundId, fileId, true)
  if (file.state === 'discarded') return
  if (file.state !== 'made') throw conflict('payment_released')
  await sql`update payment_file set state = 'discarded', discarded_by = ${actor.accountId}, discarded_at = acting_now(), discard_reason = ${cleanText(reason)}
    where id = ${fileId}`.execute(tx)
  await withinAsSystem(tx, 'distribution: discard a payment file', (within) =>
    sql`update payment_row set status = 'discarded' where file_id = ${fileId} and status = 'sent'`.execute(within),
  )
  await told(tx, { id: roundId, region_code: file.region_code }, 'round.payment')
}

/**
 * The released file as it was made, a piece at a time; that somebody took it is written down before the first byte. At its end the
 * SHA-256 is compared with the one kept when it was made: a file that is no longer the same breaks off.
 */
export async function takePaymentFile(
  db: Db,
  actor: Actor,
  roundId: string,
  fileId: string,
): Promise<{ name: string; text: AsyncGenerator<string> }> {
  const file = await db.as(actor, async (tx) => {
    const found = await getPaymentFile(tx, actor, roundId, fileId)
    if (!isWithin(found.region_code, actor.regionCode)) throw notFound('payment_file')
    if (found.state !== 'released') throw conflict('payment_not_released')
    await sql`select record_act('export', 'payment_file', ${fileId}, ${found.region_code},
      ${JSON.stringify({ number: found.number, rows: found.row_count, sha256: found.sha256 })}::jsonb, null)`.execute(
      tx,
    )
    return found
  })
  async function* pages(): AsyncGenerator<FileRow[]> {
    for (let after = 0; after < file.row_count; after += PAGE) {
      const page = await db.asSystem('distribution: a payment file for the bank', (tx) =>
        sql<FileRow>`select row_no, bank, number, holder, amount, checksum from payment_row
          where file_id = ${fileId} and row_no > ${after} and row_no <= ${after + PAGE} order by row_no`.execute(tx),
      )
      yield page.rows
    }
  }
  async function* checked(): AsyncGenerator<string> {
    const whole = createHash('sha256')
    const head = {
      number: file.number,
      rows: file.row_count,
      amount: file.amount,
      about: aboutOf({ number: file.about_number, programme_code: file.programme_code, period: file.period }),
    }
    let last: string | undefined
    for await (const text of paymentText(head, pages(), whole)) {
      if (last !== undefined) yield last
      last = text
    }
    if (whole.digest('hex') !== file.sha256) throw new Error(`payment file ${file.number} is not what was released`)
    if (last !== undefined) yield last
  }
  return { name: `${file.number}.csv`, text: checked() }
}
