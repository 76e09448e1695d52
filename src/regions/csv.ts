/**
 * Rows of a CSV text as objects by the names of its first line. RFC 4180: fields may be quoted, a quote in a quoted
 * field is doubled. For files we ship ourselves; what people upload is read elsewhere.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const [head, ...rows] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map(fields)
  if (!head) return []
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])))
}

function fields(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  )
}
