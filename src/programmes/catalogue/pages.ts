import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { faultSentence } from '../rules/index.ts'
import { judge, obstaclesOf } from './judge.ts'
import { abilities, mayCreate, owns } from './policy.ts'
import type { Catalogue, ProgrammePage, VersionDifferences, VersionList, VersionPage } from './schema.ts'
import { differencesOf } from './differences.ts'
import {
  examplesOf,
  getVersion,
  namesOf,
  presentVersion,
  today,
  versionInForce,
  versionsInForce,
  versionsOf,
  type VersionRow,
} from './versions.ts'

export type ProgrammeRow = { code: string; name: string; full_name: string; region_code: string }

export async function getProgramme(tx: Tx, code: string): Promise<ProgrammeRow> {
  const row = await tx
    .selectFrom('programme')
    .select(['code', 'name', 'full_name', 'region_code'])
    .where('code', '=', code)
    .executeTakeFirst()
  if (!row) throw notFound('programme')
  return row
}

export const placeOf = async (tx: Tx, code: string) => ({ code, name: (await namesOf(tx, [code])).get(code) ?? code })

/** A programme as everybody may see it: the version that counts today, and those to come. */
export async function readProgramme(tx: Tx, code: string, at: Date): Promise<ProgrammePage> {
  const row = await getProgramme(tx, code)
  const day = today(at)
  const current = await versionInForce(tx, code, day)
  const coming = (await versionsOf(tx, code)).filter((one) => one.state === 'published' && one.valid_from > day)
  return {
    code,
    name: current?.name ?? row.name,
    fullName: current?.full_name ?? row.full_name,
    region: await placeOf(tx, row.region_code),
    current: current ? await presentVersion(tx, current) : null,
    coming: coming.map((one) => ({ version: one.version, validFrom: one.valid_from })),
  }
}

/** Every programme with what counts today, by name; for staff. */
export async function readCatalogue(tx: Tx, actor: Actor): Promise<Catalogue> {
  const { rows } = await sql<ProgrammeRow & { region_name: string; has_draft: boolean }>`
    select p.code, p.name, p.full_name, p.region_code, coalesce(r.name, p.region_code) as region_name,
      exists (select from programme_version v where v.programme_code = p.code and v.state = 'draft') as has_draft
    from programme p left join region r on r.code = p.region_code order by p.name, p.code`.execute(tx)
  const current = new Map((await versionsInForce(tx, today(actor.at))).map((one) => [one.programme_code, one]))
  return {
    items: rows.map((row) => {
      const version = current.get(row.code)
      return {
        code: row.code,
        name: row.name,
        fullName: row.full_name,
        region: { code: row.region_code, name: row.region_name },
        owner: version?.owner ?? null,
        kind: version?.kind ?? null,
        unit: version?.unit ?? null,
        period: version?.period ?? null,
        version: version?.version ?? null,
        validFrom: version?.valid_from ?? null,
        validTo: version?.valid_to ?? null,
        verified: version?.verified ?? null,
        hasDraft: row.has_draft,
        runsToday: version !== undefined,
      }
    }),
    mayCreate: mayCreate(actor),
  }
}

async function peopleOf(tx: Tx, code: string): Promise<Map<string, string>> {
  const { rows } = await sql<{
    account_id: string
    name: string
  }>`select account_id, name from version_people(${code})`.execute(tx)
  return new Map(rows.map((row) => [row.account_id, row.name]))
}
const nameIn = (people: Map<string, string>, id: string | null) => (id === null ? null : (people.get(id) ?? null))

/** All versions of a programme, the latest first; for staff. */
export async function listVersions(tx: Tx, actor: Actor, code: string): Promise<VersionList> {
  const programme = await getProgramme(tx, code)
  const rows = await versionsOf(tx, code)
  const people = await peopleOf(tx, code)
  const current = await versionInForce(tx, code, today(actor.at))
  const mine = owns(actor, programme.region_code)
  return {
    code,
    name: programme.name,
    region: await placeOf(tx, programme.region_code),
    items: rows.map((row) => ({
      version: row.version,
      state: row.state,
      validFrom: row.valid_from,
      validTo: row.valid_to,
      inForce: row.version === current?.version,
      verified: row.verified,
      source: row.source,
      madeBy: nameIn(people, row.made_by),
      publishedBy: nameIn(people, row.published_by),
      publishedAt: row.published_at?.toISOString() ?? null,
    })),
    can: mine && !rows.some((row) => row.state === 'draft') ? ['draft'] : [],
  }
}

/** One version with its examples, what its rule says of them, and what may be done. */
export async function readVersion(
  tx: Tx,
  actor: Actor,
  code: string,
  version: number,
  locale: Locale,
): Promise<VersionPage> {
  const programme = await getProgramme(tx, code)
  const row = await getVersion(tx, code, version)
  const people = await peopleOf(tx, code)
  const judged = await judge(tx, row, await examplesOf(tx, code, version))
  const facts = { programmeRegion: programme.region_code, state: row.state, madeBy: row.made_by }
  return {
    version: await presentVersion(tx, row),
    madeBy: nameIn(people, row.made_by),
    publishedBy: nameIn(people, row.published_by),
    examples: judged.examples,
    faults: judged.faults.map((one) => ({
      at: one.at,
      from: one.from,
      to: one.to,
      code: one.code,
      message: faultSentence(one, locale),
    })),
    can: abilities(actor, facts),
    obstacles: row.state === 'draft' ? draftObstacles(actor, row, obstaclesOf(judged)) : [],
  }
}

const draftObstacles = (actor: Actor, row: VersionRow, found: VersionPage['obstacles']): VersionPage['obstacles'] => [
  ...found,
  ...(row.valid_from < today(actor.at) ? (['backdated'] as const) : []),
  ...(row.made_by === actor.accountId ? (['by_another'] as const) : []),
]

/** What differs between two versions, field by field. */
export async function compareVersions(tx: Tx, code: string, from: number, to: number): Promise<VersionDifferences> {
  const [before, after] = [await getVersion(tx, code, from), await getVersion(tx, code, to)]
  return { from, to, items: differencesOf(before, after) }
}
