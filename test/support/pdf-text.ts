import { inflateSync } from 'node:zlib'

/** The texts of each page in the order they were drawn, read from the bytes: standard fonts, so Windows-1252. */
export function pagesOf(pdf: Buffer): string[] {
  const bytes = pdf.toString('latin1')
  const objectAt = (id: string) =>
    bytes.slice(bytes.indexOf(`\n${id} 0 obj`), bytes.indexOf('endobj', bytes.indexOf(`\n${id} 0 obj`)))
  const kids = /\/Type \/Pages[^]*?\/Kids \[([^\]]*)\]|\/Kids \[([^\]]*)\][^]*?\/Type \/Pages/.exec(bytes)
  const pageIds = [...(kids?.[1] ?? kids?.[2] ?? '').matchAll(/(\d+) 0 R/g)].map((match) => match[1] ?? '')
  return pageIds.map((pageId) => {
    const contentId = /\/Contents (\d+) 0 R/.exec(objectAt(pageId))?.[1] ?? ''
    const object = objectAt(contentId)
    const content = inflateSync(Buffer.from(object.slice(object.indexOf('stream\n') + 7), 'latin1')).toString('latin1')
    const decoder = new TextDecoder('windows-1252')
    const drawn = [...content.matchAll(/\[([^\]]*)\] TJ/g)].map((match) =>
      [...(match[1] ?? '').matchAll(/<([0-9a-f]*)>/g)]
        .map((hex) => decoder.decode(Buffer.from(hex[1] ?? '', 'hex')))
        .join(''),
    )
    return drawn.join(' ').replace(/\s+/g, ' ')
  })
}
