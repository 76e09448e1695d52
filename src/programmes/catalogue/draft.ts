import { sql } from 'kysely'
import { Value } from 'typebox/value'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { FamilyFacts, RuleDefinition } from '../rules/index.ts'
import { requireBase } from './base.ts'
import { judge, obstaclesOf } from './judge.ts'
import { getProgramme } from './pages.ts'
import { authorize, authorizeOwner, mayCreate } from './policy.ts'
import type { DraftBody, NewProgramme } from './schema.ts'
import { examplesOf, findDraft, getVersion, today, versionInForce, versionsOf, type VersionRow } from './versions.ts'

/** A programme of the actor's own region, still without a version. */
export async function createProgramme(tx: Tx, actor: Actor, given: NewProgramme): Promise<void> {
  if (!mayCreate(actor)) throw forbidden('programme.create')
  const made = await tx
    .insertInto('programme')
    .values({
      code: given.code,
      name: cleanLine(given.name),
      full_name: cleanLine(given.fullName),
      region_code: actor.regionCode,
      active_from: today(actor.at),
    })
    .onConflict((on) => on.doNothing())
    .returning('code')
    .executeTakeFirst()
  if (!made) throw conflict('already_exists')
}

/** Begins the draft of the next version, as a copy of one there is with its examples; without any, an empty one. */
export async function beginDraft(tx: Tx, actor: Actor, code: string, from: number | undefined): Promise<number> {
  const programme = await getProgramme(tx, code)
  authorizeOwner(actor, programme.region_code)
  if (await findDraft(tx, code)) throw conflict('draft_there')
  const versions = await versionsOf(tx, code)
  const copied =
    from === undefined
      ? ((await versionInForce(tx, code, today(actor.at))) ?? versions[0])
      : await getVersion(tx, code, from)
  const next = (versions[0]?.version ?? 0) + 1
  const begins = today(new Date(actor.at.getTime() + 86_400_000))
  const base: DraftBody = copied
    ? { ...writtenOf(copied), validFrom: begins, validTo: null, examples: await examplesOf(tx, code, copied.version) }
    : emptyDraft(programme.name, programme.full_name, programme.region_code, begins)
  await sql`
    insert into programme_version (programme_code, version, state, valid_from, name, full_name, owner, unit, kind, period, rule, verified, source, made_by, steps)
    values (${code}, ${next}, 'draft', ${begins}::date, ${base.name}, ${base.fullName}, ${base.owner}, ${base.unit}, ${base.kind}, ${base.period},
      ${JSON.stringify(base.rule)}::jsonb, ${base.verified}, ${base.source}, ${actor.accountId}, ${JSON.stringify(copied?.steps ?? {})}::jsonb)`.execute(
    tx,
  )
  await write(tx, actor, code, next, base)
  return next
}

const writtenOf = (row: VersionRow): Omit<DraftBody, 'examples'> => ({
  validFrom: row.valid_from,
  validTo: row.valid_to,
  name: row.name,
  fullName: row.full_name,
  summary: row.summary,
  summaryEn: row.summary_en,
  legalBasis: row.legal_basis,
  owner: row.owner,
  unit: row.unit,
  kind: row.kind,
  period: row.period,
  rule: row.rule,
  goods: row.goods,
  delivery: row.delivery,
  funding: row.funding,
  verified: row.verified,
  source: row.source,
  regions: row.regions,
  regionsWithout: row.regions_without,
})

const emptyDraft = (name: string, fullName: string, region: string, validFrom: string): DraftBody => ({
  validFrom,
  validTo: null,
  name,
  fullName,
  summary: null,
  summaryEn: null,
  legalBasis: null,
  owner: region === '00' ? 'ministry' : region.length === 2 ? 'province' : region.length === 5 ? 'regency' : 'village',
  unit: 'family',
  kind: 'cash',
  period: 'month',
  rule: { conditions: [], components: [], limits: {}, ranking: [] },
  goods: [],
  delivery: [],
  funding: null,
  verified: false,
  source: '-',
  regions: [region],
  regionsWithout: [],
  examples: [],
})

async function heldDraft(tx: Tx, actor: Actor, code: string, act: 'edit' | 'drop' | 'publish'): Promise<VersionRow> {
  const programme = await getProgramme(tx, code)
  authorizeOwner(actor, programme.region_code)
  await sql`select from programme_version where programme_code = ${code} and state = 'draft' for update`.execute(tx)
  const draft = await findDraft(tx, code)
  if (!draft) throw conflict('no_draft')
  authorize(actor, act, { programmeRegion: programme.region_code, state: draft.state, madeBy: draft.made_by })
  return draft
}

/** Puts the draft anew. Whoever wrote it last is its author, and somebody else publishes it. Throws `draft_changed`. */
export async function writeDraft(tx: Tx, actor: Actor, code: string, body: DraftBody): Promise<number> {
  const draft = await heldDraft(tx, actor, code, 'edit')
  requireBase(actor, draft, body.base)
  await write(tx, actor, code, draft.version, body)
  return draft.version
}

async function write(tx: Tx, actor: Actor, code: string, version: number, body: DraftBody): Promise<void> {
  await checkBody(tx, actor, body)
  const line = (text: string | null) => (text === null ? null : cleanLine(text) || null)
  const text = (words: string | null) => (words === null ? null : cleanText(words) || null)
  await sql`
    update programme_version set valid_from = ${body.validFrom}::date, valid_to = ${body.validTo}::date, name = ${cleanLine(body.name)},
      full_name = ${cleanLine(body.fullName)}, summary = ${text(body.summary)}, summary_en = ${text(body.summaryEn)}, legal_basis = ${line(body.legalBasis)},
      owner = ${body.owner}, regions = ${body.regions}, regions_without = ${body.regionsWithout}, unit = ${body.unit}, kind = ${body.kind},
      period = ${body.period}, rule = ${JSON.stringify(body.rule)}::jsonb, goods = ${JSON.stringify(body.goods)}::jsonb,
      delivery = ${body.delivery}, funding = ${line(body.funding)}, verified = ${body.verified}, source = ${cleanLine(body.source)},
      made_by = ${actor.accountId}, made_at = acting_now()
    where programme_code = ${code} and version = ${version}`.execute(tx)
  await sql`delete from programme_example where programme_code = ${code} and version = ${version}`.execute(tx)
  if (body.examples.length > 0)
    await tx
      .insertInto('programme_example')
      .values(
        body.examples.map((one, at) => ({
          programme_code: code,
          version,
          position: at + 1,
          name: cleanLine(one.name),
          facts: JSON.stringify(one.facts),
          as_of: one.asOf,
          expected: one.expected,
          expected_amount: one.expectedAmount,
        })),
      )
      .execute()
}

async function checkBody(tx: Tx, actor: Actor, body: DraftBody): Promise<void> {
  if (body.validTo !== null && body.validTo < body.validFrom)
    throw invalid({ field: 'validTo', code: 'version_ends_before' })
  if (body.validFrom < '2000-01-01' || body.validFrom > '2200-01-01')
    throw invalid({ field: 'validFrom', code: 'invalid' })
  if (!Value.Check(RuleDefinition, body.rule)) throw invalid({ field: 'rule', code: 'version_shape' })
  const wrong = body.examples.findIndex((one) => !Value.Check(FamilyFacts, one.facts))
  if (wrong >= 0) throw invalid({ field: `examples.${wrong}.facts`, code: 'version_shape' })
  const codes = [...new Set([...body.regions, ...body.regionsWithout])]
  const { rows } = await sql<{ n: number }>`select count(*) as n from region where code = any (${codes})`.execute(tx)
  if (rows[0]?.n !== codes.length) throw invalid({ field: 'regions', code: 'unknown' })
  // A region's own programme runs within it.
  if (
    actor.regionCode !== '00' &&
    body.regions.some((one) => one !== actor.regionCode && !one.startsWith(`${actor.regionCode}.`))
  )
    throw invalid({ field: 'regions', code: 'outside_region' })
}

export async function dropDraft(tx: Tx, actor: Actor, code: string): Promise<void> {
  const draft = await heldDraft(tx, actor, code, 'drop')
  await sql`delete from programme_example where programme_code = ${code} and version = ${draft.version}`.execute(tx)
  await sql`delete from programme_version where programme_code = ${code} and version = ${draft.version}`.execute(tx)
}

/**
 * Publishes the draft, by somebody who did not write it: its rule has no fault, all its examples come out as expected, one is in and one is out.
 * One that counts since a day that is over needs a reason, which goes into the audit log.
 */
export async function publishDraft(tx: Tx, actor: Actor, code: string, reason: string | undefined): Promise<number> {
  const draft = await heldDraft(tx, actor, code, 'publish')
  const judged = await judge(tx, draft, await examplesOf(tx, code, draft.version))
  if (obstaclesOf(judged).length > 0) throw conflict('version_faulty')
  const backdated = draft.valid_from < today(actor.at)
  if (backdated && !reason) throw invalid({ field: 'reason', code: 'version_reason_needed' })
  await sql`
    update programme_version set state = 'published', published_by = ${actor.accountId}, published_at = acting_now()
    where programme_code = ${code} and version = ${draft.version}`.execute(tx)
  await sql`select record_act('publish', 'programme_version', ${`${code}/${draft.version}`}, null, ${JSON.stringify({ backdated })}::jsonb,
    ${reason ? cleanLine(reason) : null})`.execute(tx)
  return draft.version
}

/** Ends a published version on a day; one that has not begun yet is withdrawn. Lists decided by it stay. */
export async function endVersion(
  tx: Tx,
  actor: Actor,
  code: string,
  version: number,
  given: { validTo: string; reason: string },
): Promise<void> {
  const programme = await getProgramme(tx, code)
  const row = await getVersion(tx, code, version)
  authorizeOwner(actor, programme.region_code)
  if (row.state !== 'published') throw conflict('version_not_published')
  authorize(actor, 'end', { programmeRegion: programme.region_code, state: row.state, madeBy: row.made_by })
  const begun = row.valid_from <= today(actor.at)
  if (begun && given.validTo < row.valid_from) throw invalid({ field: 'validTo', code: 'version_ends_before' })
  // One person may only shorten it: what counts longer is a new version, which another publishes.
  if (row.valid_to !== null && given.validTo > row.valid_to) throw invalid({ field: 'validTo', code: 'version_longer' })
  if (given.validTo < today(actor.at)) throw invalid({ field: 'validTo', code: 'version_past_end' })
  await (
    begun || given.validTo >= row.valid_from
      ? sql`update programme_version set valid_to = ${given.validTo}::date where programme_code = ${code} and version = ${version}`
      : sql`update programme_version set state = 'withdrawn' where programme_code = ${code} and version = ${version}`
  ).execute(tx)
  await sql`select record_act('end', 'programme_version', ${`${code}/${version}`}, null, ${JSON.stringify({ validTo: given.validTo })}::jsonb,
    ${cleanLine(given.reason)})`.execute(tx)
}
