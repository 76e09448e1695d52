import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { quoted } from './columns.ts'
import type { RegisterThen, Rule } from './rule.ts'

/** Which part of the register, as it was on `asOf` ('YYYY-MM-DD'), as it was believed at `knownAt`; `from` and `to` as in a RuleSource. */
export type Then = { asOf: string; knownAt: Date; from: string; to: string }

type Column = { name: string; type: string; past: string }
const text = (name: string, field: string): Column => ({ name, type: 'text', past: `v.state ->> '${field}'` })
const cast = (name: string, field: string, type: string): Column => ({
  name,
  type,
  past: `(v.state ->> '${field}')::${type}`,
})
const array = (name: string, field: string, type: string): Column => ({
  name,
  type: `${type}[]`,
  past: `array(select e::${type} from jsonb_array_elements_text(coalesce(v.state -> '${field}', '[]')) e)`,
})
const answers: Column = { name: 'answers', type: 'jsonb', past: `coalesce(v.state -> 'answers', '{}')` }

const tables = {
  family: {
    live: 'family',
    past: 'family_past',
    id: 'id',
    pastId: 'family_id',
    always: ['status', 'head_id', 'payee_id'],
    columns: [
      text('kk_number', 'kkNumber'),
      cast('head_id', 'headId', 'uuid'),
      cast('payee_id', 'payeeId', 'uuid'),
      text('address', 'address'),
      text('rt', 'rt'),
      text('rw', 'rw'),
      cast('decile', 'decile', 'smallint'),
      text('decile_source', 'decileSource'),
      text('decile_period', 'decilePeriod'),
      answers,
      text('status', 'status'),
      cast('checked_on', 'checkedOn', 'date'),
    ],
  },
  person: {
    live: 'person',
    past: 'person_past',
    id: 'id',
    pastId: 'person_id',
    always: ['family_id', 'status'],
    columns: [
      { name: 'family_id', type: 'uuid', past: 'v.family_id' },
      text('nik', 'nik'),
      text('name', 'name'),
      cast('birth_date', 'birthDate', 'date'),
      text('sex', 'sex'),
      text('relationship', 'relationship'),
      text('marital_status', 'maritalStatus'),
      text('schooling', 'schooling'),
      text('school_level', 'schoolLevel'),
      text('work', 'work'),
      array('ppks', 'ppks', 'smallint'),
      answers,
      text('status', 'status'),
      cast('died_on', 'diedOn', 'date'),
    ],
  },
  sealed: {
    live: 'person_sealed',
    past: 'person_sealed_past',
    id: 'person_id',
    pastId: 'person_id',
    always: [],
    columns: [
      array('disabilities', 'disabilities', 'text'),
      cast('pregnant', 'pregnant', 'boolean'),
      array('chronic_illnesses', 'chronicIllnesses', 'text'),
      array('ppks', 'ppks', 'smallint'),
      answers,
    ],
  },
} as const

/**
 * Makes temporary tables of the running transaction: the register as it was on a day, as it was believed at a moment, for a range of
 * regions. Persons of every state, for a family may have had a head who died. `columns`: those of one rule only. Made anew when
 * called again.
 */
export async function registerThen(tx: Tx, then: Then, columns?: Rule['columns']): Promise<RegisterThen> {
  const at = quoted(then.knownAt.toISOString())
  const day = quoted(then.asOf)
  const range = `v.region_code >= ${quoted(then.from)} and v.region_code < ${quoted(then.to)}`
  for (const [name, table] of Object.entries(tables)) {
    const wanted = columns && new Set<string>([...columns[name as keyof typeof tables], ...table.always])
    const kept: readonly Column[] = table.columns.filter((column) => !wanted || wanted.has(column.name))
    const list = (of: (column: Column) => string) => kept.map((column) => `, ${of(column)}`).join('')
    const statements = [
      `drop table if exists pg_temp.${name}_then`,
      `create temporary table ${name}_then (${table.id} uuid not null, region_code text collate "C" not null${list(
        (column) => `${column.name} ${column.type}`,
      )}) on commit drop`,
      `insert into ${name}_then
        select v.${table.id}, v.region_code${list((column) => `v.${column.name}`)} from ${table.live} v
          where ${range} and v.valid_from <= ${day} and v.known_from <= ${at}
        union all
        select v.${table.pastId}, v.region_code${list((column) => column.past)} from ${table.past} v
          where ${range} and v.valid_from <= ${day} and ${day} < v.valid_to and v.known_from <= ${at} and ${at} < v.known_to`,
      `alter table ${name}_then add primary key (${table.id})`,
      ...(name === 'person' ? [`create index on person_then (family_id)`] : []),
      `analyze ${name}_then`,
    ]
    for (const statement of statements) await sql.raw(statement).execute(tx)
  }
  return { family: 'family_then', person: 'person_then', sealed: 'sealed_then', knownAt: then.knownAt }
}
