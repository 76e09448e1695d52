import type { DraftBody, ProgrammeVersion, VersionPage } from '#src/programmes/catalogue/schema.ts'
import type { RuleDefinition } from '#src/programmes/rules/schema.ts'
import type { Counted } from './counted.ts'
import { sentExample, type Typed, typedExample } from './examples.svelte.ts'

/** A draft as it is typed: texts where the form holds texts. */
export type DraftText = {
  rule: RuleDefinition
  examples: Typed[]
  goods: (Omit<ProgrammeVersion['goods'][number], 'quantity'> & { quantity: string })[]
  regions: ProgrammeVersion['regions']
  regionsWithout: ProgrammeVersion['regionsWithout']
  delivery: ProgrammeVersion['delivery']
  typed: Record<TextKey, string> & { verified: boolean }
}
type TextKey =
  | 'name'
  | 'fullName'
  | 'validFrom'
  | 'validTo'
  | 'owner'
  | 'kind'
  | 'unit'
  | 'period'
  | 'summary'
  | 'summaryEn'
  | 'legalBasis'
  | 'funding'
  | 'source'

/** What somebody typed and counted, to come back to; `kept`: the draft as it was saved last. */
export type TypedDraft = DraftText & { kept: string; base: string; count: Counted | undefined }

const blankRule: RuleDefinition = { conditions: [], components: [], limits: {}, ranking: [] }

export const draftText = ({ version, examples }: VersionPage): DraftText => ({
  rule: structuredClone({ ...blankRule, ...(version.rule as Partial<RuleDefinition>) }),
  examples: examples.map(typedExample),
  goods: version.goods.map((one) => ({ ...one, quantity: String(one.quantity) })),
  regions: version.regions,
  regionsWithout: version.regionsWithout,
  delivery: [...version.delivery],
  typed: {
    name: version.name,
    fullName: version.fullName,
    validFrom: version.validFrom,
    validTo: version.validTo ?? '',
    owner: version.owner,
    kind: version.kind,
    unit: version.unit,
    period: version.period,
    summary: version.summary ?? '',
    summaryEn: version.summaryEn ?? '',
    legalBasis: version.legalBasis ?? '',
    funding: version.funding ?? '',
    source: version.source,
    verified: version.verified,
  },
})

/** The same as it is sent. */
export const draftBody = (of: DraftText): DraftBody => ({
  ...(of.typed as Omit<DraftBody, Exclude<keyof DraftText, 'typed'>>),
  validTo: of.typed.validTo || null,
  summary: of.typed.summary || null,
  summaryEn: of.typed.summaryEn || null,
  legalBasis: of.typed.legalBasis || null,
  funding: of.typed.funding || null,
  rule: of.rule,
  goods: of.goods.map((one) => ({ ...one, quantity: Number(one.quantity) })),
  delivery: of.delivery,
  regions: of.regions.map((one) => one.code),
  regionsWithout: of.regionsWithout.map((one) => one.code),
  examples: of.examples.map(sentExample),
})
