/*
 * How names are made comparable: 'Ba\'u' and 'Bau', 'Karang Anyar' and 'Karanganyar', 'Kab. Bekasi' and 'bekasi' are
 * typed for one another every day.
 */

/** Lower case, without apostrophes and accents; everything else that is no letter or digit is a gap. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f'"‘’ʼʻ`´*]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** The same without gaps. */
export const squeezed = (text: string): string => plain(text).replaceAll(' ', '')

/** Names shorter than this have no misspellings: leaving a letter out of 'Bae' would mean half the country. */
export const SHORTEST_MISSPELT = 4

/**
 * The name and each way to leave one letter out. Two names have one in common when a letter was added, left out,
 * mistaken or swapped with its neighbour (and sometimes when two were).
 */
export function shortened(name: string): string[] {
  const ways = [name]
  if (name.length >= SHORTEST_MISSPELT)
    for (let at = 0; at < name.length; at++) ways.push(name.slice(0, at) + name.slice(at + 1))
  return ways
}

/**
 * The same as numbers of 16 bits, signed, to be stored and searched by. Collisions are frequent and harmless, as what
 * is found is compared again.
 */
export const spellings = (name: string): number[] => [...new Set(shortened(name).map(hash))]

/** FNV-1a, folded to 16 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return ((value ^ (value >>> 16)) << 16) >> 16
}
