import { inflateRawSync } from 'node:zlib'

/** The files of a ZIP archive, by the list at its end. */
function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  const files = new Map<string, Buffer>()
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [archive.readUInt16LE(at + 10), archive.readUInt32LE(at + 20)]
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ]
    const local = archive.readUInt32LE(at + 42)
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const packed = archive.subarray(from, from + size)
    files.set(archive.toString('utf8', at + 46, at + 46 + name), method === 8 ? inflateRawSync(packed) : packed)
    at += 46 + name + extra + comment
  }
  return files
}

const plain = (xml: string) =>
  xml
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|apos|amp);/g, (_, one: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'" })[one] ?? '&')

/** The cells of the first sheet of a workbook, row by row, as texts; a cell that is empty is left out. */
export function rowsOfWorkbook(workbook: Buffer): string[][] {
  const files = unzip(workbook)
  const read = (name: string) => files.get(name)?.toString('utf8') ?? ''
  const shared = [...read('xl/sharedStrings.xml').matchAll(/<si>([^]*?)<\/si>/g)].map((match) => plain(match[1] ?? ''))
  return [...read('xl/worksheets/sheet1.xml').matchAll(/<row[^>]*>([^]*?)<\/row>/g)].map((row) =>
    [...(row[1] ?? '').matchAll(/<c ([^>]*)>([^]*?)<\/c>/g)].map((cell) => {
      const value = plain(cell[2] ?? '')
      return /t="s"/.test(cell[1] ?? '') ? (shared[Number(value)] ?? '') : value
    }),
  )
}
