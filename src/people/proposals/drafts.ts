import { timingSafeEqual, createHash, randomBytes } from 'node:crypto'
import { Compile } from 'typebox/compile'
import { v7 as uuidv7 } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound, type FieldError } from '#src/platform/http/problem.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { theProposer } from './proposal.ts'
import { NewProposal, type FileWhat, type ProposalDraft, type Submitted } from './schema.ts'
import { submitProposal } from './submit.ts'

const HOURS = 24
const hash = (token: string) => createHash('sha256').update(token).digest()

type Row = { id: string; token_hash: Buffer; content: unknown; files: unknown; expires_at: Date }
export type DraftFile = Kept & { what: FileWhat }

/** What a citizen types is kept here from the first page on, so that nothing is lost between pages or by mistakes. */
export async function openDraft(db: Db): Promise<{ id: string; token: string; expiresAt: string }> {
  const id = uuidv7()
  const token = randomBytes(24).toString('base64url')
  const at = db.clock()
  const expiresAt = new Date(at.getTime() + HOURS * 3_600_000)
  await db.as({ proposalId: id, at }, (tx) =>
    tx
      .insertInto('proposal_draft')
      .values({ id, token_hash: hash(token), expires_at: expiresAt })
      .execute(),
  )
  return { id, token, expiresAt: expiresAt.toISOString() }
}

/** Runs as whoever holds the draft that `header` ("<id>.<token>") opens; 404 when it does not, or has expired. */
export async function withDraft<T>(db: Db, header: string, work: (tx: Tx, draft: Row) => Promise<T>): Promise<T> {
  const [id = '', token = ''] = header.split('.')
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || token.length === 0) throw notFound('draft')
  return db.as({ proposalId: id, at: db.clock() }, async (tx) => {
    const row = await tx.selectFrom('proposal_draft').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row || row.expires_at < db.clock() || !timingSafeEqual(hash(token), row.token_hash)) throw notFound('draft')
    return work(tx, row)
  })
}

export const filesOf = (row: Row): DraftFile[] => row.files as DraftFile[]
export const present = (row: Row): ProposalDraft => ({
  id: row.id,
  content: row.content as ProposalDraft['content'],
  files: filesOf(row).map(({ id, what, name, mediaType, bytes }) => ({ id, what, name, mediaType, bytes })),
  expiresAt: row.expires_at.toISOString(),
})

export const saveContent = (tx: Tx, id: string, content: ProposalDraft['content']) =>
  tx
    .updateTable('proposal_draft')
    .set({ content: JSON.stringify(content) })
    .where('id', '=', id)
    .execute()
export const saveFiles = (tx: Tx, id: string, files: DraftFile[]) =>
  tx
    .updateTable('proposal_draft')
    .set({ files: JSON.stringify(files) })
    .where('id', '=', id)
    .execute()

/**
 * Sends the draft: everything is checked now, errors name the page's own field. The draft stays until it expires, so
 * a second click finds what the first one proposed.
 */
export async function submitDraft(db: Db, installation: Buffer, header: string): Promise<Submitted> {
  return withDraft(db, header, async (tx, row) => {
    const input = { ...inputOf(row.content as ProposalDraft['content']), id: row.id }
    const problems = [...checker.Errors(input)]
    if (problems.length > 0) throw invalid(...problems.map(fieldError))
    return submitProposal(tx, theProposer(db.clock()), input as NewProposal, {
      door: 'citizen',
      secret: installation,
      files: filesOf(row),
    })
  }).catch((error: unknown) => {
    // Two clicks at the same moment: the loser of the race reads what the winner proposed.
    if (isRepeat(error)) return submitDraft(db, installation, header)
    throw error
  })
}

export const isRepeat = (error: unknown): boolean => {
  const known = error as { code?: unknown; table?: unknown }
  return known.code === '23505' && known.table === 'idempotency_key'
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

function fieldError(error: { keyword: string; instancePath: string; params: unknown }): FieldError {
  const params = error.params as { requiredProperties?: string[]; limit?: number }
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const field = [path, params.requiredProperties?.[0]].filter(Boolean).join('.')
  return {
    field: field || 'reason',
    code: error.keyword,
    ...(typeof params.limit === 'number' && { params: { limit: params.limit } }),
  }
}
