import type { HistoryChange } from '#src/people/register/schema.ts'
import { formatDate } from '#lib/format.ts'
import { m } from '#messages'
import { familyQuestions, type Forms, personQuestions, sealedQuestions } from './fields.ts'
import { type Line, type Question, sayValue, type Values } from './questions.ts'
import { statusWords, word } from './words.ts'

type Around = { familyId: string; nameOf: (id: string) => string | undefined }

/** What an event says, a line for each field; what it takes away is said as cleared. */
export function eventLines(event: HistoryChange['events'][number], forms: Forms, { familyId, nameOf }: Around): Line[] {
  const ofFamily = event.subject === 'family'
  const own = ofFamily ? familyQuestions() : personQuestions()
  const { answers, ...facts } = event.facts as Values & { answers?: Values | null }
  const { answers: sealedAnswers, ...sealed } = (event.sealed ?? {}) as Values & { answers?: Values | null }
  const name = (id: unknown) => (id === null ? m.register_cleared() : (nameOf(String(id)) ?? m.register_other_record()))
  const special: Readonly<Record<string, (value: unknown) => Line>> = {
    status: (value) => ({ label: m.register_field_status(), value: word(statusWords, String(value)) }),
    headId: (value) => ({ label: m.register_head(), value: name(value) }),
    payeeId: (value) => ({ label: m.register_payee(), value: name(value) }),
    diedOn: (value) => ({
      label: m.register_field_died(),
      value: typeof value === 'string' ? formatDate(value) : m.register_cleared(),
    }),
    checkedOn: (value) => ({
      label: m.register_checked_on(),
      value: typeof value === 'string' ? formatDate(value) : m.register_cleared(),
    }),
    familyId: (value) => ({
      label: m.register_field_family(),
      value:
        value === familyId
          ? m.register_joined_family()
          : value === null
            ? m.register_left_family()
            : m.register_other_family(),
    }),
    regionCode: (value) => ({ label: m.register_field_region(), value: String(value) }),
    mergedInto: () => ({ label: m.register_field_merged_into(), value: m.register_other_record() }),
  }
  // The region of somebody follows the family's; the family says it once.
  const told = Object.entries(facts).filter(
    ([field]) => ofFamily || (field !== 'regionCode' && field !== 'name') || event.seq > 1,
  )
  return [
    ...told.flatMap(([field, value]): Line[] => {
      const question = own.find((one) => one.name === field)
      if (question) return [said(question, value)]
      const say = special[field]
      return say && !(field === 'status' && value === 'active' && event.seq === 1) ? [say(value)] : []
    }),
    ...answered(ofFamily ? forms.family : forms.person, answers),
    ...Object.entries(sealed).flatMap(([field, value]): Line[] => {
      const question = sealedQuestions().find((one) => one.name === field)
      return question ? [said(question, value)] : []
    }),
    ...answered(forms.sealed, sealedAnswers),
  ].filter((line) => !(event.seq === 1 && line.value === m.register_cleared()))
}

const said = (question: Question, value: unknown): Line => ({ label: question.label, value: sayValue(question, value) })

/** Answers to questions no longer asked are shown under their names. */
const answered = (questions: readonly Question[], answers: Values | null | undefined): Line[] =>
  Object.entries(answers ?? {}).map(([name, value]) =>
    said(questions.find((one) => one.name === name) ?? { name, label: name, kind: 'text' }, value),
  )
