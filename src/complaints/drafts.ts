import { timingSafeEqual, createHash, randomBytes } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound, type FieldError } from '#src/platform/http/problem.ts'
import { Compile } from 'typebox/compile'
import { theCitizen } from './case.ts'
import { fileComplaint } from './intake.ts'
import { NewComplaint, type Draft, type Filed } from './schema.ts'
import type { Kept } from './uploads.ts'

const HOURS = 24
const hash = (token: string) => createHash('sha256').update(token).digest()

type Row = { id: string; token_hash: Buffer; content: unknown; files: unknown; expires_at: Date }

/** What a citizen types is kept here from the first page on, so that nothing is lost between pages or by mistakes. */
export async function openDraft(db: Db): Promise<{ id: string; token: string; expiresAt: string }> {
  const id = uuidv7()
  const token = randomBytes(24).toString('base64url')
  const at = db.clock()
  const expiresAt = new Date(at.getTime() + HOURS * 3_600_000)
  await db.as({ complaintId: id, at }, (tx) =>
    tx
      .insertInto('complaint_draft')
      .values({ id, token_hash: hash(token), expires_at: expiresAt })
      .execute(),
  )
  return { id, token, expiresAt: expiresAt.toISOString() }
}

/** Runs as the citizen of the draft that `header` ("<id>.<token>") opens; 404 when it does not, or has expired. */
export async function withDraft<T>(db: Db, header: string, work: (tx: Tx, draft: Row) => Promise<T>): Promise<T> {
  const [id = '', token = ''] = header.split('.')
  if (!/^[0-9a-f-]{36}$/.test(id) || token.length === 0) throw notFound('draft')
  return db.as({ complaintId: id, at: db.clock() }, async (tx) => {
    const row = await tx.selectFrom('complaint_draft').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row || row.expires_at < db.clock() || !timingSafeEqual(hash(token), row.token_hash)) throw notFound('draft')
    return work(tx, row)
  })
}

export const filesOf = (row: Row): Kept[] => row.files as Kept[]
export const present = (row: Row): Draft => ({
  id: row.id,
  content: row.content as Draft['content'],
  files: filesOf(row).map(({ id, name, mediaType, bytes }) => ({ id, name, mediaType, bytes })),
  expiresAt: row.expires_at.toISOString(),
})

export const saveContent = (tx: Tx, id: string, content: Draft['content']) =>
  tx
    .updateTable('complaint_draft')
    .set({ content: JSON.stringify(content) })
    .where('id', '=', id)
    .execute()
export const saveFiles = (tx: Tx, id: string, files: Kept[]) =>
  tx
    .updateTable('complaint_draft')
    .set({ files: JSON.stringify(files) })
    .where('id', '=', id)
    .execute()

/**
 * Sends the draft: everything is checked now, errors name the page's own field. The draft stays until it expires, so
 * a second click finds what the first one filed.
 */
export async function fileDraft(db: Db, installation: Buffer, header: string): Promise<Filed> {
  return withDraft(db, header, async (tx, row) => {
    const input = inputOf(row.content as Draft['content'])
    input['id'] = row.id
    const problems = [...checker.Errors(input)]
    if (problems.length > 0) throw invalid(...problems.map(fieldError))
    return fileComplaint(tx, theCitizen(db.clock()), input as NewComplaint, {
      door: 'web',
      secret: installation,
      once: { scope: 'public', key: `draft:${row.id}` },
      files: filesOf(row),
    })
  }).catch((error: unknown) => {
    // Two clicks at the same moment: the loser of the race reads what the winner filed.
    if (isRepeat(error)) return fileDraft(db, installation, header)
    throw error
  })
}

export const isRepeat = (error: unknown): boolean => {
  const known = error as { code?: unknown; table?: unknown }
  return known.code === '23505' && known.table === 'idempotency_key'
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

function fieldError(error: { keyword: string; instancePath: string; params: unknown }): FieldError {
  const params = error.params as { requiredProperties?: string[]; limit?: number }
  const path = error.instancePath.slice(1).replaceAll('/', '.')
  const field = [path, params.requiredProperties?.[0]].filter(Boolean).join('.')
  return {
    field: field || 'body',
    code: error.keyword,
    ...(typeof params.limit === 'number' && { params: { limit: params.limit } }),
  }
}
