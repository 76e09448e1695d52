import { faultsOf, type Problem } from '#lib/api.ts'
import { m } from '#messages'
import { familyQuestions, type Forms, personQuestions, sealedQuestions } from './fields.ts'

/** Sentences of a problem with the name of their field before them: from a long form a bare 'Wajib diisi.' helps nobody. */
export function namedFaults(problem: Problem | null, forms: Forms): { field?: string; message: string }[] {
  const labels: Record<string, string> = {
    effectiveOn: m.register_effective_on(),
    reportedOn: m.register_reported_on(),
    source: m.register_source(),
    sourceRef: m.register_source_ref(),
    note: m.register_note(),
    evidence: m.register_evidence_field(),
    personId: m.register_who(),
    headId: m.register_new_head(),
    remainingHeadId: m.register_new_head_here(),
    payeeId: m.register_payee(),
    regionCode: m.register_region(),
    kind: m.register_kind(),
  }
  for (const one of [
    ...familyQuestions(),
    ...personQuestions(),
    ...sealedQuestions(),
    ...forms.family,
    ...forms.person,
    ...forms.sealed,
  ])
    labels[one.name] ??= one.label
  return faultsOf(problem).map(({ field, message }) => {
    const member = /^members\.(\d+)\./.exec(field ?? '')?.[1]
    const label = labels[field?.split('.').findLast((part) => labels[part] !== undefined) ?? '']
    const whose = member === undefined ? undefined : m.register_new_member({ number: Number(member) + 1 })
    const before = [whose, label].filter(Boolean).join(', ')
    return { ...(field !== undefined && { field }), message: before ? `${before}: ${message}` : message }
  })
}
