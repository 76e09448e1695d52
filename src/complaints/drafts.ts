import { Compile } from 'typebox/compile'
import type { Db } from '#src/platform/db/index.ts'
import { draftsIn, fieldError } from '#src/platform/drafts/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { isRepeat } from '#src/platform/http/repeat.ts'
import { theCitizen } from './case.ts'
import { fileComplaint } from './intake.ts'
import { NewComplaint, type Draft, type Filed } from './schema.ts'

/** What a citizen types is kept here from the first page on, so that nothing is lost between pages or by mistakes. */
export const complaintDrafts = draftsIn('complaint_draft', (complaintId, at) => ({ complaintId, at }))

/**
 * Sends the draft: everything is checked now, errors name the page's own field. The draft stays until it expires, so
 * a second click finds what the first one filed.
 */
export async function fileDraft(db: Db, installation: Buffer, header: string): Promise<Filed> {
  return complaintDrafts
    .with(db, header, async (tx, row) => {
      const input = inputOf(row.content)
      input['id'] = row.id
      const problems = [...checker.Errors(input)]
      if (problems.length > 0) throw invalid(...problems.map((one) => fieldError(one, 'body')))
      return fileComplaint(tx, theCitizen(db.clock()), input as NewComplaint, {
        door: 'web',
        secret: installation,
        once: { scope: 'public', key: `draft:${row.id}` },
        files: row.files,
      })
    })
    .catch((error: unknown) => {
      // Two clicks at the same moment: the loser of the race reads what the winner filed.
      if (isRepeat(error)) return fileDraft(db, installation, header)
      throw error
    })
}

const checker = Compile(NewComplaint)

/** Flat form fields ('concerned.0.name') to the shape of a complaint. Empty fields are absent; 'yes' is true. */
function inputOf(content: Draft['content']): Record<string, unknown> {
  const input: Record<string, unknown> = { complainant: {}, concerned: [] }
  const flags = new Set(['confidential', 'anonymous', 'aboutOffice'])
  for (const [key, raw] of Object.entries(content)) {
    const value = raw.trim()
    if (value === '') continue
    const [head = '', second, third] = key.split('.')
    if (flags.has(head)) input[head] = value === 'yes'
    else if (head === 'complainant' && second)
      (input['complainant'] as Record<string, unknown>)[second] = typed(second, value)
    else if (head === 'concerned' && second && third) {
      const list = input['concerned'] as Record<string, unknown>[]
      const place = Number(second)
      if (!Number.isInteger(place) || place < 0 || place > 9) continue
      while (list.length <= place) list.push({})
      const person = list[place]
      if (person) person[third] = typed(third, value)
    } else if (['regionCode', 'class', 'matter', 'programmeCode', 'body', 'joinTo'].includes(head)) input[head] = value
  }
  return input
}
const typed = (field: string, value: string): unknown =>
  field === 'decile'
    ? Number(value)
    : field === 'programmes'
      ? value.split(',')
      : ['nik', 'kkNumber'].includes(field)
        ? value.replace(/[\s.-]/g, '')
        : value
