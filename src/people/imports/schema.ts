import { type Static, Type } from 'typebox'
import { BehindRow } from '../movement/schema-behind.ts'

const strict = { additionalProperties: false }
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const importStates = [
  'uploaded',
  'checking',
  'checked',
  'loading',
  'paused',
  'done',
  'cancelled',
  'failed',
] as const
export const ImportState = Type.Enum([...importStates])
export type ImportState = Static<typeof ImportState>

export const ImportCounts = Type.Object(
  {
    familiesNew: Type.Integer(),
    familiesChanged: Type.Integer(),
    familiesUnchanged: Type.Integer(),
    personsNew: Type.Integer(),
    personsChanged: Type.Integer(),
    personsUnchanged: Type.Integer(),
    assistance: Type.Integer({ description: 'Programmes somebody is said to receive' }),
    warned: Type.Integer({ description: 'Rows that are loaded and should be looked at' }),
    failed: Type.Integer({ description: 'Rows that are not loaded' }),
  },
  strict,
)
export type ImportCounts = Static<typeof ImportCounts>

export const ImportRow = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    number: Type.String({ description: "'IMP-000123'" }),
    fileName: Type.String(),
    bytes: Type.Integer(),
    regionCode: Type.String(),
    regionName: Type.String(),
    state: ImportState,
    problem: nullable(Type.String({ description: 'Why it stopped, as a sentence' })),
    rows: Type.Integer(),
    rowsDone: Type.Integer({ description: 'of the phase under way: checked or loaded' }),
    createdAt: Type.String({ format: 'date-time' }),
    endedAt: nullable(Type.String({ format: 'date-time' })),
    failed: Type.Integer(),
  },
  strict,
)
export type ImportRow = Static<typeof ImportRow>
export const ImportList = Type.Object({ imports: Type.Array(ImportRow) }, strict)
export type ImportList = Static<typeof ImportList>

export const ColumnTarget = Type.String({
  maxLength: 60,
  pattern: '^[a-zA-Z]+(:[A-Z0-9_]{2,30})?$',
  description: "A field ('nik', 'village' …), 'assistance:PKH' or 'period:PKH'",
})

export const ImportColumn = Type.Object(
  {
    index: Type.Integer(),
    header: Type.String(),
    samples: Type.Array(Type.String(), { description: 'As they stand in the file; numbers of people masked' }),
    target: nullable(ColumnTarget),
    recognised: Type.Boolean(),
  },
  strict,
)
export type ImportColumn = Static<typeof ImportColumn>

export const ImportExample = Type.Object(
  {
    row: Type.Integer(),
    reason: Type.String({ description: 'A sentence' }),
    code: Type.String(),
    column: nullable(Type.String()),
    severity: Type.Enum(['failed', 'warned']),
  },
  strict,
)
export const ImportReason = Type.Object(
  {
    code: Type.String(),
    severity: Type.Enum(['failed', 'warned']),
    sentence: Type.String(),
    count: Type.Integer(),
    rows: Type.Array(Type.Integer(), { description: 'The first rows of this reason' }),
  },
  strict,
)
export type ImportReason = Static<typeof ImportReason>

export const ImportOptions = Type.Object(
  {
    asOf: Type.String({ format: 'date', description: 'Day the file speaks of' }),
    decileSource: Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' }),
    decilePeriod: nullable(Type.String({ pattern: '^[0-9]{4}(-(Q[1-4]|[0-9]{2}))?$' })),
    dateOrder: nullable(Type.Enum(['dmy', 'mdy'])),
  },
  strict,
)
export type ImportOptions = Static<typeof ImportOptions>

export const ImportDetail = Type.Object(
  {
    ...ImportRow.properties,
    form: Type.Object(
      {
        kind: Type.Enum(['csv', 'xlsx']),
        encoding: nullable(Type.String()),
        delimiter: nullable(Type.String()),
        sheet: nullable(Type.String()),
        headerRow: Type.Integer(),
      },
      strict,
    ),
    columns: Type.Array(ImportColumn, { description: 'Empty once the file was deleted' }),
    options: ImportOptions,
    remembered: Type.Boolean({ description: 'The mapping is that of an earlier file with these headers' }),
    lacking: Type.Array(Type.Enum(['name', 'family', 'place'])),
    asksDateOrder: Type.Boolean({ description: 'The file does not say whether day or month comes first' }),
    checked: nullable(ImportCounts),
    loaded: nullable(ImportCounts),
    reasons: Type.Array(ImportReason),
    acts: Type.Array(Type.Enum(['map', 'check', 'confirm', 'pause', 'resume', 'cancel'])),
    fileKept: Type.Boolean(),
  },
  strict,
)
export type ImportDetail = Static<typeof ImportDetail>

export const ImportMapping = Type.Object(
  {
    mapping: Type.Record(Type.String({ pattern: '^[0-9]{1,3}$' }), ColumnTarget),
    options: ImportOptions,
  },
  strict,
)
export type ImportMapping = Static<typeof ImportMapping>

export const ImportParams = Type.Object({ id: Type.String({ format: 'uuid' }) }, strict)
export const ImportMade = Type.Object({ id: Type.String({ format: 'uuid' }), number: Type.String() }, strict)
export type ImportMade = Static<typeof ImportMade>

export const ImportLimits = Type.Object(
  {
    megabytes: Type.Integer(),
    rows: Type.Integer(),
    keptDays: Type.Integer(),
    fields: Type.Array(Type.String()),
    programmes: Type.Array(Type.Object({ code: Type.String(), name: Type.String() }, strict)),
  },
  strict,
)
export type ImportLimits = Static<typeof ImportLimits>

export const FailedQuery = Type.Object(
  { format: Type.Optional(Type.Enum(['csv', 'xlsx'])), warned: Type.Optional(Type.Boolean()) },
  strict,
)

/** Whom an import made or changed: the rows behind its counts. */
export const ImportedQuery = Type.Object(
  {
    who: Type.Enum(['family', 'person']),
    what: Type.Enum(['new', 'changed']),
    after: Type.Optional(Type.String({ format: 'uuid', description: 'Goes on where a page ended: its `next`' })),
  },
  strict,
)
export type ImportedQuery = Static<typeof ImportedQuery>
export const ImportedRows = Type.Object({ items: Type.Array(BehindRow), next: nullable(Type.String()) }, strict)
export type ImportedRows = Static<typeof ImportedRows>
