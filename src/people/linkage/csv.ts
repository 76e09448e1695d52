/** Records of a CSV text by the names of its header: comma, semicolon or tab; quotes; a byte order mark is dropped. Values are trimmed. */
export function readCsv(source: string): { columns: string[]; records: Record<string, string>[] } {
  const textOf = source.startsWith('\uFEFF') ? source.slice(1) : source
  const head = textOf.slice(0, Math.max(0, textOf.search(/\r?\n|$/)))
  const separator = [',', ';', '\t'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ','
  const lines = cells(textOf, separator)
  const columns = (lines.shift() ?? []).map((name) => name.trim())
  return {
    columns,
    records: lines
      .filter((line) => line.length > 1 || line[0]?.trim() !== '')
      .map((line) => Object.fromEntries(columns.map((name, at) => [name, (line[at] ?? '').trim()]))),
  }
}

function cells(source: string, separator: string): string[][] {
  const lines: string[][] = []
  let line: string[] = []
  let at = 0
  while (at < source.length) {
    let value = ''
    while (source[at] === ' ') at++
    if (source[at] === '"') {
      at++
      while (at < source.length && !(source[at] === '"' && source[at + 1] !== '"')) {
        value += source[at]
        at += source[at] === '"' ? 2 : 1
      }
      at++
    }
    const start = at
    while (at < source.length && source[at] !== separator && source[at] !== '\n') at++
    line.push(value + source.slice(start, at).replace(/\r$/, ''))
    if (source[at] !== separator) {
      lines.push(line)
      line = []
    }
    at++
  }
  return lines
}
