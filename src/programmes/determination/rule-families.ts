import { sql } from 'kysely'
import type { Actor, Db, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import {
  type FamilyBehind,
  type FamilySet,
  type FileColumns,
  fileOfFamilies,
  pageOfFamilies,
  type Saying,
} from './families-behind.ts'
import { type AskedRule, askRule, ofFigure } from './rule-count.ts'
import type { RuleFamilies, RuleFamiliesExport, RuleFamiliesPage, RuleFamily } from './schema.ts'
import { reasonSentences } from './words.ts'

type Row = { outcome: 'in' | 'out' | 'waiting'; failed: number; missing: number; amount: number }
type More = Omit<RuleFamily, keyof FamilyBehind>

/** The families behind a figure of a count, a page at a time, names masked; the look is recorded. Throws `rule_hidden` (409) where nobody is shown. */
export const ruleFamilies = (db: Db, actor: Actor, given: RuleFamilies, locale: Locale): Promise<RuleFamiliesPage> =>
  asked(db, actor, given, async (tx, found) =>
    pageOfFamilies(tx, await setOf(tx, found, given), given, saying(found, locale)),
  )

const columns: FileColumns<FamilyBehind & More> = [['amount', (row) => row.amount]]

/** All of them as a file. Throws `determination_too_many_rows` (409) beyond what a file may hold. */
export const ruleFile = (db: Db, actor: Actor, given: RuleFamiliesExport, locale: Locale): Promise<Buffer | string> =>
  asked(db, actor, given, async (tx, found) => {
    const file = { format: given.format, title: given.figure, columns, locale }
    return fileOfFamilies(tx, actor, await setOf(tx, found, given), file, saying(found, locale))
  })

function asked<T>(
  db: Db,
  actor: Actor,
  given: RuleFamilies | RuleFamiliesExport,
  tell: (tx: Tx, found: AskedRule) => Promise<T>,
): Promise<T> {
  const { figure, condition } = given
  const detail = { figure, ...(condition && { condition }), ...('format' in given && { format: given.format }) }
  const noted = { act: 'list', detail, reason: 'keluarga di balik hitungan aturan' } as const
  return askRule(db, actor, given, noted, tell)
}

/** The rows that count, once: `rule_found` is a temporary table of this transaction. */
async function setOf(tx: Tx, found: AskedRule, { figure, condition }: RuleFamilies): Promise<FamilySet> {
  if (found.hidden) throw conflict('rule_hidden')
  const at = found.definition.conditions.findIndex((one) => one.code === condition)
  const isOfCondition = figure === 'failed' || figure === 'missing' || figure === 'only'
  if (at < 0 && (isOfCondition || condition !== undefined))
    throw invalid({ field: 'condition', code: condition === undefined ? 'required' : 'unknown' })
  await sql`create temporary table rule_found on commit drop as
    select family_id, region_code, outcome, failed, missing, amount from (${found.select}) s where ${ofFigure[figure](1 << at)}`.execute(
    tx,
  )
  return {
    among: sql`rule_found s`,
    where: sql`true`,
    place: sql`s.region_code`,
    columns: sql`s.outcome, s.failed, s.missing, s.amount`,
  }
}

const reasons = { in: 'eligible', out: 'condition', waiting: 'data_missing' } as const

const saying =
  ({ definition }: AskedRule, locale: Locale): Saying<Row, More> =>
  (row) => ({
    sentences: reasonSentences({ ...row, reason: reasons[row.outcome], rank: null }, definition, locale),
    amount: row.outcome === 'in' ? row.amount : null,
  })
