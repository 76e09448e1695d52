import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { readCsv } from './csv.ts'
import { entityOf, type FileRecord, linkRecords, qualityOf } from './link-records.ts'

/*
 * npm run link -- --a people.csv [--b others.csv] [--map nama=Nama,nik=NIK] [--truth column] [--threshold 0.5] [--many] --out pairs.csv
 */

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const { values } = parseArgs({
  options: {
    a: { type: 'string' },
    b: { type: 'string' },
    map: { type: 'string' },
    truth: { type: 'string' },
    threshold: { type: 'string' },
    many: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})

if (values.a === undefined) {
  process.stderr.write(
    'npm run link -- --a people.csv [--b others.csv] [--map name=column,…] [--truth column] [--threshold 0.5] [--many] [--out pairs.csv]\n',
  )
  process.exit(2)
}

const names = new Map(
  (values.map ?? '').split(',').flatMap((pair) => {
    const [to, from] = pair.split('=')
    return to && from ? [[from, to] as const] : []
  }),
)
async function load(file: string): Promise<FileRecord[]> {
  const { records } = readCsv(await readFile(file, 'utf8'))
  if (names.size === 0) return records
  return records.map((record) =>
    Object.fromEntries(Object.entries(record).map(([column, value]) => [names.get(column) ?? column, value])),
  )
}

const first = await load(values.a)
const second = values.b === undefined ? undefined : await load(values.b)
const others = second ?? first
const started = performance.now()
const { pairs, compared } = linkRecords(first, second, {
  ...(values.threshold === undefined ? {} : { threshold: Number(values.threshold) }),
  ...(values.many ? { oneToOne: false } : {}),
})
const seconds = (performance.now() - started) / 1000
const idOf = (record: FileRecord | undefined, at: number): string =>
  record?.['rec_id'] ?? record?.['id'] ?? String(at + 1)
if (values.out !== undefined) {
  const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const lines = pairs.map(({ left, right, probability, weight }) =>
    [
      quoted(idOf(first[left], left)),
      quoted(idOf(others[right], right)),
      probability.toFixed(6),
      weight.toFixed(2),
    ].join(','),
  )
  await writeFile(values.out, ['id_a,id_b,probability,weight', ...lines, ''].join('\n'))
}
say(
  `${String(first.length + (second?.length ?? 0))} records, ${String(compared)} pairs compared, ${String(pairs.length)} pairs found, ${seconds.toFixed(1)} s`,
)
const truth = (records: readonly FileRecord[]): (string | undefined)[] =>
  records.map((record) => (values.truth === undefined ? entityOf(record['rec_id']) : record[values.truth]))
const known = truth(first)
const knownOthers = second && truth(second)
if (![...known, ...(knownOthers ?? [])].includes(undefined)) {
  const text = (list: readonly (string | undefined)[]) => list.map((entity) => entity ?? '')
  const quality = qualityOf(pairs, text(known), knownOthers && text(knownOthers))
  say(
    `precision ${quality.precision.toFixed(5)}, recall ${quality.recall.toFixed(5)}, F1 ${quality.f1.toFixed(5)} (${String(quality.right)} of ${String(quality.truth)})`,
  )
}
