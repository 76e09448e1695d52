import { Compile } from 'typebox/compile'
import type { Db } from '#src/platform/db/index.ts'
import { draftsIn, fieldError } from '#src/platform/drafts/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { isRepeat } from '#src/platform/http/repeat.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { theProposer } from './proposal.ts'
import { NewProposal, type FileWhat, type ProposalDraft, type Submitted } from './schema.ts'
import { submitProposal } from './submit.ts'

/** What a citizen types is kept here from the first page on, so that nothing is lost between pages or by mistakes. */
export const proposalDrafts = draftsIn<Kept & { what: FileWhat }>('proposal_draft', (proposalId, at) => ({
  proposalId,
  at,
}))

/**
 * Sends the draft: everything is checked now, errors name the page's own field. The draft stays until it expires, so
 * a second click finds what the first one proposed.
 */
export async function submitDraft(db: Db, installation: Buffer, header: string): Promise<Submitted> {
  return proposalDrafts
    .with(db, header, async (tx, row) => {
      const input = { ...inputOf(row.content), id: row.id }
      const problems = [...checker.Errors(input)]
      if (problems.length > 0) throw invalid(...problems.map((one) => fieldError(one, 'reason')))
      return submitProposal(tx, theProposer(db.clock()), input as NewProposal, {
        door: 'citizen',
        secret: installation,
        files: row.files,
      })
    })
    .catch((error: unknown) => {
      // Two clicks at the same moment: the loser of the race reads what the winner proposed.
      if (isRepeat(error)) return submitDraft(db, installation, header)
      throw error
    })
}

const checker = Compile(NewProposal)
const plain = new Set(['regionCode', 'kind', 'removal', 'programmeCode', 'aboutNumber', 'reason'])

/** Flat form fields ('members.0.name', 'family.rt', 'proposer.nik') to the shape of a proposal. Empty fields are absent. */
export function inputOf(content: ProposalDraft['content']): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  const members: Record<string, unknown>[] = []
  for (const [key, raw] of Object.entries(content)) {
    const value = raw.trim()
    if (value === '') continue
    const [head = '', second, third] = key.split('.')
    if (plain.has(head) && second === undefined) input[head] = value
    else if ((head === 'family' || head === 'proposer') && second) {
      const part = (input[head] ??= {}) as Record<string, unknown>
      part[second] = typed(second, value)
    } else if (head === 'members' && second && third) {
      const place = Number(second)
      if (!Number.isInteger(place) || place < 0 || place > 19) continue
      while (members.length <= place) members.push({})
      const member = members[place]
      if (member) member[third] = typed(third, value)
    }
  }
  // Pages keep places for people nobody filled in.
  const named = members.filter((one) => Object.keys(one).length > 0)
  if (named.length > 0) input['members'] = named
  // A family or programme typed before the kind was changed does not count.
  if (input['kind'] !== 'remove') delete input['removal']
  return input
}
const typed = (field: string, value: string): unknown =>
  field === 'nik' || field === 'kkNumber' ? value.replace(/[\s.-]/g, '') : value
