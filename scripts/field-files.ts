import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

/** Pages that open again without a line, and what frames them; told by what a node of SvelteKit imports. */
const pages = ['routes/+', 'routes/(staff)/+', 'routes/(staff)/lapangan/+layout', 'routes/(staff)/lapangan/penyaluran/', 'routes/(staff)/lapangan/tanpa-sinyal/'] // prettier-ignore

const name = 'virtual:pilar/field-files'
const built = '.svelte-kit/output/client/.vite/manifest.json'
const nodes = '.svelte-kit/generated/build/client-optimized/nodes'

type Chunk = {
  file: string
  isEntry?: boolean
  imports?: string[]
  dynamicImports?: string[]
  css?: string[]
  assets?: string[]
}

/** Gives the service worker the built files of these pages: a fifth of all of them. Empty in development, where nothing is built. */
export const fieldFiles = (): Plugin => ({
  name: 'pilar:field-files',
  resolveId: (source) => (source === name ? `\0${name}` : undefined),
  load(id) {
    if (id !== `\0${name}`) return undefined
    return `export const files = ${JSON.stringify(this.environment.mode === 'build' ? filesOfPages() : [])}`
  },
})

const isPage = (key: string) => key.startsWith(`${nodes}/`)

function filesOfPages(): string[] {
  const chunks = JSON.parse(readFileSync(built, 'utf8')) as Record<string, Chunk>
  const wanted = readdirSync(nodes).filter((file) => {
    const text = readFileSync(path.join(nodes, file), 'utf8')
    return pages.some((page) => text.includes(page))
  })
  const starts = Object.keys(chunks).filter((key) => chunks[key]?.isEntry && !isPage(key))
  const found = new Set<string>()
  const seen = new Set<string>()
  const waiting = [...starts, ...wanted.map((file) => `${nodes}/${file}`)]
  for (let key = waiting.pop(); key; key = waiting.pop()) {
    const chunk = chunks[key]
    if (!chunk) throw new Error(`the build has no ${key}`)
    if (seen.has(key)) continue
    seen.add(key)
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(`/${file}`)
    // The start of all names every page of the site; only the wanted ones are in the list from the beginning.
    waiting.push(...(chunk.imports ?? []), ...(chunk.dynamicImports ?? []).filter((one) => !isPage(one)))
  }
  if (wanted.length < pages.length) throw new Error('a page of the field is not among what was built')
  return [...found].sort()
}
