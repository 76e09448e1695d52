import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'

type Messages = Record<string, unknown>
const read = async (language: string, file: string) =>
  JSON.parse(await readFile(`messages/${language}/${file}`, 'utf8')) as Messages

const files = (await readdir('messages/id')).toSorted()

/** Names in braces, whatever the form of the message: a sentence or one for each number. */
const placeholders = (message: unknown) =>
  [
    ...new Set([...JSON.stringify(message).matchAll(/\{\s*([a-zA-Z_][a-zA-Z0-9_]*)/g)].map((match) => match[1])),
  ].toSorted()

test('both languages have the same files and the same keys', async () => {
  assert.deepEqual((await readdir('messages/en')).toSorted(), files)
  for (const file of files) {
    const [id, en] = await Promise.all([read('id', file), read('en', file)])
    assert.deepEqual(Object.keys(en).toSorted(), Object.keys(id).toSorted(), file)
  }
})

test('a key begins with its file’s name or a prefix of the server, says something, and takes the same values', async () => {
  const wrong: string[] = []
  for (const file of files) {
    const [id, en] = await Promise.all([read('id', file), read('en', file)])
    for (const [key, message] of Object.entries(id)) {
      if (key.startsWith('$')) continue
      for (const [language, one] of [
        ['id', message],
        ['en', en[key]],
      ] as const)
        if (one === '' || one === undefined) wrong.push(`${language}/${file}: ${key} is empty`)
      if (JSON.stringify(placeholders(message)) !== JSON.stringify(placeholders(en[key])))
        wrong.push(
          `${file}: ${key} takes ${placeholders(message).join(' ')} in id, ${placeholders(en[key]).join(' ')} in en`,
        )
    }
  }
  assert.deepEqual(wrong, [])
})
