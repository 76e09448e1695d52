import assert from 'node:assert/strict'
import { glob, readFile } from 'node:fs/promises'
import { test } from 'node:test'

/*
 * What we have too much of, counted. A number in ratchets.json may only fall: more is refused, and who made it less is
 * asked to write the smaller number down, so that it stays.
 */

const counted: Record<string, RegExp> = {
  any: /(:\s*any\b|\bas any\b|<any>|\bany\[\])/g,
  'lint switches': /(oxlint|eslint)-disable/g,
  'type switches': /@ts-(ignore|expect-error|nocheck)|svelte-ignore/g,
  todo: /\b(TODO|FIXME|XXX|HACK)\b/g,
  'as unknown as': /\bas unknown as\b/g,
  'skipped tests': /\b(test|it|describe)\.(skip|todo|only)\(/g,
}
const longest = 400

async function count() {
  const found = Object.fromEntries([...Object.keys(counted), 'files over 400 lines'].map((what) => [what, 0]))
  const where: string[] = []
  for await (const file of glob('{src,web,test,bench,scripts}/**/*.{ts,mjs,svelte}', {
    exclude: ['web/lib/paraglide/**', 'src/platform/db/types.ts', 'test/architecture/ratchets.test.ts'],
  })) {
    const text = await readFile(file, 'utf8')
    const code = text.replaceAll(/^\s*(\*|\/\*|\/\/(?! oxlint| eslint| @ts)).*$/gm, '')
    for (const [what, pattern] of Object.entries(counted)) {
      const hits = [...(what === 'todo' ? text : code).matchAll(pattern)].length
      found[what] = (found[what] ?? 0) + hits
      if (hits > 0) where.push(`${what}: ${file} (${hits})`)
    }
    if (text.split('\n').length > longest) {
      found['files over 400 lines'] = (found['files over 400 lines'] ?? 0) + 1
      where.push(`files over 400 lines: ${file}`)
    }
  }
  return { found, where }
}

test('what we have too much of does not grow', async (t) => {
  const { found, where } = await count()
  const allowed = JSON.parse(await readFile('test/architecture/ratchets.json', 'utf8')) as Record<string, number>
  assert.deepEqual(Object.keys(allowed).toSorted(), Object.keys(found).toSorted())
  const grown = Object.entries(found).filter(([what, number]) => number > (allowed[what] ?? 0))
  assert.deepEqual(Object.fromEntries(grown), {}, `counted:\n${where.toSorted().join('\n')}`)
  for (const [what, number] of Object.entries(found))
    if (number < (allowed[what] ?? 0))
      t.diagnostic(`ratchets.json may say ${number} for "${what}", not ${allowed[what]}`)
})
