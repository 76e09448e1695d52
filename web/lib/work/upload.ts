import { attempt } from './attempt.ts'

/** Adds one file to a case; the sentence to show when that failed, else null. */
export async function uploadFile(caseId: string, file: File, isPublic: boolean): Promise<string | null> {
  const form = new FormData()
  // Fields before the file: the server reads them in the order they come.
  form.set('public', isPublic ? 'yes' : 'no')
  form.set('file', file)
  const answer = await attempt<unknown>('POST', `/api/complaints/${caseId}/attachments`, form)
  return answer.ok ? null : (answer.problem.errors?.[0]?.message ?? answer.problem.title)
}
