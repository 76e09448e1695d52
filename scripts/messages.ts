import { readFileSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile, type CompilerOptions } from '@inlang/paraglide-js'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** How the words in messages/ become web/lib/paraglide, for the server and the development server. */
export const messageOptions: CompilerOptions = {
  project: at('project.inlang'),
  outdir: at('web/lib/paraglide'),
  strategy: ['cookie', 'baseLocale'],
  cookieName: 'bahasa',
  // Not import.meta.env.SSR: the server imports these files without Vite.
  isServer: "typeof window === 'undefined'",
  // One module a language: with one a message, the server reads a thousand files (1.7 s) before it starts.
  outputStructure: 'locale-modules',
  emitReadme: false,
  emitGitIgnore: false,
  emitPrettierIgnore: false,
}

type Settings = { locales: string[]; 'plugin.inlang.messageFormat': { pathPattern: string[] } }
const read = <T>(path: string): T => JSON.parse(readFileSync(at(path), 'utf8')) as T

/**
 * The same for a build of the pages: one module a message, so that a page in the browser carries only its own words
 * and not all the officers' (30 kB gzip less). vite.config.ts builds from here.
 */
export const builtMessageOptions: CompilerOptions = {
  ...messageOptions,
  outdir: at('.svelte-kit/paraglide'),
  outputStructure: 'message-modules',
}

/** Messages that two areas define, each as a sentence: the compiler would never end over them. */
export const messagesTwice = (): string[] => messageFaults().filter((fault) => fault.includes(' and again in '))

/** Messages that one language has and another lacks, or that two areas define: each as a sentence. */
export function messageFaults(): string[] {
  const { locales, 'plugin.inlang.messageFormat': format } = read<Settings>('project.inlang/settings.json')
  const faults: string[] = []
  const keys = locales.map((locale) => {
    const seen = new Map<string, string>()
    for (const pattern of format.pathPattern) {
      const file = pattern.replace('{locale}', locale).replace('./', '')
      if (!existsSync(at(file))) continue
      for (const key of Object.keys(read<object>(file))) {
        if (key.startsWith('$')) continue
        if (seen.has(key)) faults.push(`${key}: in ${seen.get(key)} and again in ${file}`)
        seen.set(key, file)
      }
    }
    return seen
  })
  keys.forEach((mine, i) =>
    keys.forEach((theirs, j) => {
      if (i === j) return
      for (const [key, file] of mine) if (!theirs.has(key)) faults.push(`${key}: in ${file}, missing in ${locales[j]}`)
    }),
  )
  return faults
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const checking = process.argv.includes('--check')
  const twice = messagesTwice()
  if (twice.length === 0 && !checking) {
    await compile(messageOptions)
    if (process.argv.includes('--for-build')) await compile(builtMessageOptions)
  }
  const faults = messageFaults()
  for (const fault of faults) console.error(fault)
  // The compiler leaves 30 s timers behind; without this the command would sit through them.
  process.exit((checking ? faults : twice).length > 0 ? 1 : 0)
}
