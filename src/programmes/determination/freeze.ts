import { type RawBuilder, sql } from 'kysely'
import { assistanceOf, type RuleSource } from '../rules/index.ts'

const namesOf = ({ tables }: RuleSource) =>
  tables === 'now' ? { family: 'family', person: 'person', sealed: 'person_sealed' } : tables

const masked = (column: string): RawBuilder<string> => {
  const value = sql.ref(column)
  return sql`case when length(${value}) = 16 then left(${value}, 6) || '******' || right(${value}, 4) end`
}

/**
 * What families are decided on, a row for each of `families` (a statement that gives family_id): what the annex shows, and what the rule
 * looked at in the form of FamilyFacts, with the birth date in place of ages. Read from the same tables as the rule.
 */
export function frozenFacts(source: RuleSource, families: RawBuilder<unknown>): RawBuilder<unknown> {
  const { family, person, sealed } = namesOf(source)
  return sql`
    select f.id as family_id, f.region_code,
      jsonb_strip_nulls(jsonb_build_object('headName', h.name, 'payeeName', y.name, 'payeeId', y.id, 'address', f.address, 'rt', f.rt, 'rw', f.rw,
        'nik', ${masked('y.nik')}, 'kkNumber', ${masked('f.kk_number')})) as shown,
      jsonb_build_object(
        'family', jsonb_strip_nulls(jsonb_build_object('decile', f.decile, 'decileSource', f.decile_source, 'decilePeriod', f.decile_period,
          'region', f.region_code, 'status', f.status, 'checkedOn', f.checked_on)) || jsonb_build_object('answers', f.answers,
          'programmes', (select coalesce(jsonb_agg(distinct a.programme_code order by a.programme_code), '[]') from ${sql.raw(assistanceOf(source, 'a'))}
            where a.family_id = f.id and a.period_from <= ${source.asOf}::date and (a.period_to is null or a.period_to >= ${source.asOf}::date))),
        'members', (select coalesce(jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object('id', p.id, 'birthDate', p.birth_date, 'sex', p.sex, 'relationship', p.relationship,
              'maritalStatus', p.marital_status, 'schooling', p.schooling, 'schoolLevel', p.school_level, 'work', p.work, 'pregnant', s.pregnant))
            || jsonb_build_object('ppks', to_jsonb(p.ppks || coalesce(s.ppks, '{}')), 'disabilities', to_jsonb(coalesce(s.disabilities, '{}')),
              'chronicIllnesses', to_jsonb(coalesce(s.chronic_illnesses, '{}')), 'answers', p.answers, 'health', coalesce(s.answers, '{}'),
              'isHead', p.id is not distinct from f.head_id, 'isPayee', p.id is not distinct from f.payee_id)
            order by p.birth_date nulls last, p.id), '[]')
          from ${sql.table(person)} p left join ${sql.table(sealed)} s on s.person_id = p.id
          where p.family_id = f.id and p.status = 'active')) as facts
    from ${families} l join ${sql.table(family)} f on f.id = l.family_id
    left join ${sql.table(person)} h on h.id = f.head_id
    left join ${sql.table(person)} y on y.id = coalesce(f.payee_id, f.head_id)`
}
