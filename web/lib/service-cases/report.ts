import { givenOf, questionsOf, typedIn } from '#lib/register/questions.ts'
import type { StepPage, StepReport } from '#src/programmes/services/schema.ts'

type Sent = { values: Record<string, string[]>; report: StepReport }

/** What a form of RecordForm.svelte holds, as it goes on the wire; `values` gives the form back as it was typed. */
export function reportOf(form: FormData, step: Pick<StepPage, 'form' | 'members' | 'topics'>): Sent {
  const values: Record<string, string[]> = {}
  for (const key of new Set(form.keys())) if (key !== 'file') values[key] = form.getAll(key).map(String)
  const text = (name: string) => values[name]?.[0]?.trim() ?? ''
  const questions = step.form ? questionsOf(step.form) : []
  const answers = givenOf(
    questions,
    typedIn(questions, 'answers.', (field) => values[field] ?? []),
  )
  const [lat, lon, accuracy] = ['lat', 'lon', 'accuracy'].map((name) =>
    text(name) === '' ? undefined : Number(text(name)),
  )
  const note = text('note')
  const isMet = text('met') !== 'no'
  const present = new Set(values['present'] ?? [])
  return {
    values,
    report: {
      id: text('id'),
      result: text('result') || 'none',
      ...(text('doneOn') && { doneOn: text('doneOn') }),
      ...(text('topic') && { topic: text('topic') }),
      ...(Object.keys(answers).length > 0 && { answers }),
      ...(note && { note }),
      ...(lat !== undefined &&
        lon !== undefined && { point: { lat, lon, ...(accuracy !== undefined && { accuracy }) } }),
      ...(isMet &&
        step.members.length > 0 && {
          attendance: step.members.map((one) => ({ memberId: one.id, present: present.has(one.id) })),
        }),
    },
  }
}

/** The one photo of the form, if there is one. */
export const photoOf = (form: FormData): FormData | null => {
  const photo = form.get('file')
  if (!(photo instanceof File) || photo.size === 0) return null
  const sent = new FormData()
  sent.set('file', photo)
  return sent
}
