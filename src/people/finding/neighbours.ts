import { skeleton } from '../names.ts'

const letters = 'abcdefghijklmnopqrstuvwxyz'

/**
 * Skeletons of everything one slip away from a word: a letter added, left out, mistaken, or swapped with its neighbour. Whoever
 * is looked for with one slip has one of them by construction, whatever skeletons leave out. Some 100 to 250, the word's own first.
 */
export function neighbourBones(word: string): string[] {
  const found = new Set<string>([skeleton(word)])
  const put = (other: string) => void (other !== '' && found.add(boneOf(other)))
  for (let at = 0; at <= word.length; at++) {
    const before = word.slice(0, at)
    const after = word.slice(at + 1)
    if (at < word.length) put(before + after)
    if (at + 1 < word.length) put(`${before}${word.charAt(at + 1)}${word.charAt(at)}${word.slice(at + 2)}`)
    for (const letter of letters) {
      put(before + letter + word.slice(at))
      if (at < word.length) put(before + letter + after)
    }
  }
  return [...found]
}

const boneOf = skeleton

/** A number of digits and everything one digit away from it. */
export function neighbourNumbers(number: string): string[] {
  const found = new Set<string>()
  for (let at = 0; at < number.length; at++) {
    for (let digit = 0; digit < 10; digit++) found.add(`${number.slice(0, at)}${digit}${number.slice(at + 1)}`)
    if (at + 1 < number.length)
      found.add(`${number.slice(0, at)}${number.charAt(at + 1)}${number.charAt(at)}${number.slice(at + 2)}`)
  }
  return [...found]
}
