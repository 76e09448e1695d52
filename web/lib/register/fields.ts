import type { Questionnaire } from '#src/people/register/schema.ts'
import { m } from '#messages'
import { questionsOf, type Question } from './questions.ts'
import {
  disabilityWords,
  levelWords,
  maritalWords,
  optionsOf,
  ppksOptions,
  relationshipWords,
  schoolingWords,
  sexWords,
} from './words.ts'

/** The questions of the register itself; those of a questionnaire come besides. */
type Asked = 'family' | 'person' | 'sealed'
export type Forms = Readonly<Record<Asked, Question[]>>

export const formsOf = (questionnaires: readonly Questionnaire[]): Forms => {
  const of = (subject: Asked) => questionsOf(questionnaires.find((one) => one.subject === subject)?.schema)
  return { family: of('family'), person: of('person'), sealed: of('sealed') }
}

export const familyQuestions = (): Question[] => [
  { name: 'kkNumber', label: m.register_kk(), kind: 'digits' },
  { name: 'address', label: m.register_address(), kind: 'text', most: 300 },
  { name: 'rt', label: m.register_rt(), kind: 'digits', most: 3 },
  { name: 'rw', label: m.register_rw(), kind: 'digits', most: 3 },
  {
    name: 'decile',
    label: m.register_decile(),
    kind: 'choice',
    numeric: true,
    hint: m.register_decile_hint(),
    options: Array.from({ length: 10 }, (_, index) => ({ value: String(index + 1), label: String(index + 1) })),
  },
  { name: 'decileSource', label: m.register_decile_source(), kind: 'text', most: 120 },
  {
    name: 'decilePeriod',
    label: m.register_decile_period(),
    kind: 'text',
    most: 20,
    hint: m.register_decile_period_hint(),
  },
]

export const personQuestions = (): Question[] => [
  { name: 'name', label: m.register_name(), kind: 'text', most: 120, required: true },
  { name: 'nik', label: m.register_nik(), kind: 'digits' },
  { name: 'birthDate', label: m.register_birth_date(), kind: 'date' },
  { name: 'sex', label: m.register_sex(), kind: 'choice', options: optionsOf(sexWords) },
  {
    name: 'relationship',
    label: m.register_relationship(),
    kind: 'choice',
    options: optionsOf(relationshipWords),
    hint: m.register_relationship_hint(),
  },
  { name: 'birthPlace', label: m.register_birth_place(), kind: 'text', most: 80 },
  { name: 'motherName', label: m.register_mother(), kind: 'text', most: 120 },
  { name: 'maritalStatus', label: m.register_marital(), kind: 'choice', options: optionsOf(maritalWords) },
  { name: 'schooling', label: m.register_schooling(), kind: 'choice', options: optionsOf(schoolingWords) },
  { name: 'schoolLevel', label: m.register_level(), kind: 'choice', options: optionsOf(levelWords) },
  { name: 'work', label: m.register_work(), kind: 'text', most: 80 },
  { name: 'ppks', label: m.register_ppks(), kind: 'choices', numeric: true, options: ppksOptions(false) },
]
/** Asked of everybody; the others are one click away. */
export const firstOfPerson = 5

export const sealedQuestions = (): Question[] => [
  { name: 'disabilities', label: m.register_disabilities(), kind: 'choices', options: optionsOf(disabilityWords) },
  { name: 'pregnant', label: m.register_pregnant(), kind: 'yesno' },
  { name: 'dueMonth', label: m.register_due_month(), kind: 'month' },
  {
    name: 'chronicIllnesses',
    label: m.register_illnesses(),
    kind: 'lines',
    hint: m.register_illnesses_hint(),
    most: 800,
  },
  { name: 'ppks', label: m.register_ppks_sealed(), kind: 'choices', numeric: true, options: ppksOptions(true) },
]
