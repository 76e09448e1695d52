import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'

/** A module may use those before it, through their index.ts or schema.ts. The command center may read all. */
const order = [
  'platform',
  'regions',
  'access',
  'people',
  'programmes',
  'distribution',
  'complaints',
  'channels',
  'workforce',
  'psychosocial',
  'disaster',
  'donations',
  'information',
  'command-center',
  'demonstration',
]
/** Read by everybody; what else lies beside the modules puts them together and is used by none of them. */
const ground = ['config.ts']

type Import = { file: string; target: string; typeOnly: boolean }

async function importsOf(pattern: string): Promise<Import[]> {
  const found: Import[] = []
  for await (const file of glob(pattern, { exclude: ['web/lib/paraglide/**'] })) {
    const text = await readFile(file, 'utf8')
    for (const match of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      const name = match[1] ?? ''
      const lineStart = text.lastIndexOf('\nimport', match.index) + 1
      const typeOnly = /^import type\b/.test(text.slice(lineStart, match.index))
      if (name.startsWith('#src/')) found.push({ file, target: name.slice(5), typeOnly })
      else if (name.startsWith('.'))
        found.push({
          file,
          target: path.posix.relative('src', path.posix.join(path.posix.dirname(file), name)),
          typeOnly,
        })
    }
  }
  return found
}

const moduleOf = (file: string) => (file.includes('/') ? file.split('/')[0] : undefined)

test('a module uses only the modules before it, through their front door', async () => {
  const imports = await importsOf('src/**/*.ts')
  assert.ok(imports.length > 100)
  const wrong: string[] = []
  for (const { file, target } of imports) {
    if (file.endsWith('.test.ts')) continue
    const from = moduleOf(file.slice('src/'.length))
    const to = moduleOf(target)
    if (from === undefined || from === to) continue
    if (to === undefined) {
      if (!ground.includes(target)) wrong.push(`${file}: ${target} puts modules together, no module may use it`)
      continue
    }
    if (!order.includes(from)) wrong.push(`${file}: the module ${from} has no place in the order`)
    if (!order.includes(to)) wrong.push(`${file}: the module ${to} has no place in the order`)
    if (order.indexOf(to) > order.indexOf(from)) wrong.push(`${file}: ${from} may not use ${to}, which comes after it`)
    if (
      to !== 'platform' &&
      !/^[^/]+\/(index|schema)\.ts$/.test(target) &&
      !/^[^/]+\/[^/]+\/(index|schema)\.ts$/.test(target)
    )
      wrong.push(`${file}: ${target} is not a front door (index.ts, schema.ts)`)
  }
  assert.deepEqual([...new Set(wrong)], [])
})

/** What pages take besides schemas: pure functions that a browser can run. */
const forPages: Record<string, string> = {
  'distribution/vouchers/token.ts': 'a voucher is verified on a device without a line',
  'complaints/number.ts': 'the check symbol of a number, told while it is typed',
  'programmes/services/trial.ts': 'the shortest way through a plan, while its example is typed',
  'programmes/services/step-results.ts': 'what can come of a step that names nothing of its own',
  'programmes/determination/period-words.ts': 'a period in words, the same on pages and in messages',
  'platform/calendar/index.ts': 'how long a term still runs, in words',
}

test('pages know the server by its schemas only', async () => {
  const wrong = (await importsOf('web/**/*.{ts,svelte}'))
    .filter(
      ({ file, target }) =>
        !file.endsWith('.test.ts') &&
        !target.startsWith('..') &&
        !(target in forPages) &&
        !/(^|\/)schema\.ts$/.test(target),
    )
    .map(({ file, target }) => `${file}: ${target}`)
  assert.deepEqual(wrong, [])
})

/** Lines that must name it all the same. */
const namesIt: Record<string, string> = {
  'src/platform/db/index.ts': 'the scope of somebody without an account is one complaint',
  'src/platform/letters/verification.ts': 'says whose symbols it shares',
}

test('the platform knows nothing of social welfare', async () => {
  const welfare =
    /\b(complaints?|aduan|pengaduan|bansos|bantuan sosial|kemensos|puskesos|slrt|dtks|dtsen|pkh|psks|disability|welfare)\b/i
  const wrong: string[] = []
  for await (const file of glob('src/platform/**/*.ts')) {
    if (file.endsWith('.test.ts') || file.endsWith('db/types.ts') || file in namesIt) continue
    for (const [index, line] of (await readFile(file, 'utf8')).split('\n').entries())
      if (welfare.test(line)) wrong.push(`${file}:${index + 1}: ${line.trim()}`)
  }
  assert.deepEqual(wrong, [])
})

test('the pool never leaves platform/db, and no other part opens connections', async () => {
  const wrong: string[] = []
  for await (const file of glob('src/**/*.ts')) {
    if (file.startsWith('src/platform/db/') || file.endsWith('.test.ts')) continue
    if (/new (pg\.)?(Pool|Client)\(|new PostgresDialect|import pg from 'pg'/.test(await readFile(file, 'utf8')))
      wrong.push(file)
  }
  assert.deepEqual(wrong, [])
})

test('no file holds more than its subject: names that say nothing are not taken', async () => {
  const wrong: string[] = []
  for await (const file of glob('{src,web,test,scripts,bench}/**/*.{ts,mjs,svelte}', {
    exclude: ['web/lib/paraglide/**'],
  }))
    if (
      /(^|\/)(utils?|helpers?|services?|types|common|misc)(\.ts|\.mjs|\/)/.test(file) &&
      !file.endsWith('platform/db/types.ts') &&
      // Services people are given: a subject, not a heap.
      !/^src\/programmes\/services\/(?!services?\.ts$)/.test(file)
    )
      wrong.push(file)
  assert.deepEqual(wrong, [])
})

test('every module says what it is', async () => {
  const folders = new Set<string>()
  for await (const file of glob(['src/*/index.ts', 'src/platform/*/*.ts'])) folders.add(path.dirname(file))
  const missing: string[] = []
  for (const folder of folders) await readFile(path.join(folder, 'README.md')).catch(() => missing.push(folder))
  assert.deepEqual(missing, [])
})
