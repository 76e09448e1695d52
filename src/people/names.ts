/*
 * Indonesian names as people write them: with titles and degrees, shortened (Moh., Abd.), in the spelling of before 1972
 * (Noerhajati), in one word or three. Everything that compares names goes through here: search keys, finding, linkage.
 */

/** Written before a name. */
const titles = new Set(
  `h hj haji hajah hajjah kh kyai kiai ky drs dra dr drg drh ir prof apt r ra rr rm rd rden raden rngt tgk teungku tk tgh
  ust ustad ustadz ustaz ustadzah buya gus habib kol letkol mayor kapten lettu serma serka pdt pastor ny nyonya tn tuan
  sdr sdri saudara saudari bpk bapak pak bp ibu bu alm almh almarhum almarhumah mr mrs ms`.split(/\s+/),
)

/** Degrees that are no names, however they are written. */
const degrees = new Set(
  `spd spdi spdsd ssos sag skm skom skep ssi sstp sst spsi shum sthi stp shi sei sep spt sked skg skh spi sip ssn amd amdk
  amdkeb amdkep amk amkeb ners mpd mpdi msi mkes mkom mkn mhum mag mak mph msc phd spog spa spb spjp cht`.split(/\s+/),
)

/** Degrees that may also be a name or a part of one: only after a comma or with dots. */
const doubtfulDegrees = new Set(`se sh st sp ss mm mh ma mt ba bsc bba mba lc md s1 s2 s3 dipl ak ca cpa`.split(' '))

/** Between names, and no part of them. */
const between = new Set(['bin', 'binti', 'bt', 'bte', 'alias', 'als', 'al', 'alm', 'almh'])

/** What is written for the most frequent names; keys are modern, without doubled consonants. */
const canonical: Readonly<Record<string, string>> = {
  m: 'muhammad',
  mh: 'muhammad',
  md: 'muhammad',
  mhd: 'muhammad',
  muh: 'muhammad',
  moh: 'muhammad',
  mohd: 'muhammad',
  muhd: 'muhammad',
  muhamad: 'muhammad',
  muhamed: 'muhammad',
  mohamad: 'muhammad',
  mohamed: 'muhammad',
  muhamat: 'muhammad',
  mohamat: 'muhammad',
  abd: 'abdul',
  abdl: 'abdul',
  abdoel: 'abdul',
  ahmat: 'ahmad',
  akhmad: 'ahmad',
  akmad: 'ahmad',
  st: 'siti',
  sty: 'siti',
}

type Token = { text: string; dotted: boolean; afterComma: boolean }

const isAscii = /^[\x20-\x7e]*$/

function tokens(name: string): Token[] {
  const found: Token[] = []
  let afterComma = false
  const plain = (isAscii.test(name) ? name : name.normalize('NFKD'))
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f'`´‘’ʼʻ"\u200b-\u200f\ufeff]/g, '')
  for (const [part] of plain.matchAll(/[a-z]+\.?|,/g))
    if (part === ',') afterComma = true
    else found.push({ text: part.replace('.', ''), dotted: part.endsWith('.'), afterComma })
  return found
}

/** Whether these neighbouring pieces ('s.', 'pd') together are a title or degree. */
function isTitle(pieces: readonly Token[], isFirst: boolean): boolean {
  const whole = pieces.map((piece) => piece.text).join('')
  const [one] = pieces
  if (!one || (pieces.length > 1 && !pieces.slice(0, -1).every((piece) => piece.dotted))) return false
  if (degrees.has(whole)) return !isFirst || one.dotted
  if (titles.has(whole)) return isFirst || one.afterComma || (one.dotted && whole.length <= 2 && whole !== 'r')
  return doubtfulDegrees.has(whole) && !isFirst && (one.afterComma || one.dotted)
}

/**
 * The words of a name without titles, degrees, bin and binti, in modern spelling, short forms written out.
 * 'Drs. H. Moh. Noerdin, S.Pd.' → ['muhammad', 'nurdin']. A name made only of titles keeps its words.
 */
export function nameWords(name: string): string[] {
  const pieces = tokens(name)
  const words: string[] = []
  for (let at = 0; at < pieces.length;) {
    const length = [4, 3, 2, 1].find(
      (count) => at + count <= pieces.length && isTitle(pieces.slice(at, at + count), words.length === 0),
    )
    const text = pieces[at]?.text ?? ''
    if (length === undefined && !(words.length > 0 && between.has(text))) words.push(text)
    at += length ?? 1
  }
  const kept = words.length > 0 ? words : pieces.map((piece) => piece.text)
  const isOld = kept.some((word) => /oe(?!$)|dj|tj|sj/.test(word))
  return kept.flatMap((word, at) => {
    const now = spelt(isOld ? ofOldDays(word) : word)
    // A lone 'M' is an initial of Muhammad only before another name.
    return now.length === 1 && (at > 0 || kept.length === 1)
      ? now
      : (canonical[now] ?? now).replace(servant, 'abdul $1').split(' ')
  })
}

/** Abdurrahman, Abdussalam, Abdulwahid: written in one, spoken as Abdul with its name. */
const servant = /^abdu(?:l(?=[^aeiou])|(?=[rsztndj]))([a-z]{4,})$/

/** A name for comparing: its words with one space between. '' where nothing can be read as a name. */
export const normaliseName = (name: string): string => nameWords(name).join(' ')

/** What is read in the spelling of before 1972 only where something else in the name shows that spelling: nj and j may be modern. */
const ofOldDays = (word: string): string =>
  word
    .replaceAll('dj', '\u0001')
    .replaceAll('tj', '\u0002')
    .replaceAll('nj', 'ny')
    .replaceAll('j', 'y')
    .replaceAll('\u0001', 'j')
    .replaceAll('\u0002', 'c')

/** Modern spelling of what is never modern: oe, dj, tj, sj, lj, hj; ch and kh within a word are spoken h. */
const modern = (word: string): string =>
  word
    .replaceAll('oe', 'u')
    .replaceAll('dj', 'j')
    .replaceAll('tj', 'c')
    .replaceAll('sj', 'sy')
    .replaceAll(/([lh])j/g, '$1y')
    .replaceAll(/(?<=[aeiou])[ck]h/g, 'h')

/** As now and with no consonant doubled. */
function spelt(word: string): string {
  const known = spellings.get(word)
  if (known !== undefined) return known
  if (spellings.size >= MOST_REMEMBERED) spellings.clear()
  const now = single(modern(word))
  spellings.set(word, now)
  return now
}
const spellings = new Map<string, string>()

const single = (word: string): string => word.replaceAll(/([^aeiou])\1+/g, '$1')

const signs: Readonly<Record<string, string>> = { c: 'k', q: 'k', f: 'p', v: 'p', x: 'ks', z: 'j', y: 'j' }
const isVowel = (letter: string | undefined): boolean => letter !== undefined && 'aeiou'.includes(letter)

/**
 * What of a word is heard in every way of writing it: its consonants, with those that people take for each other made one.
 * nurhayati, noerhajati → 'nrjt'; suwarno, soearno → 'swrn'; sulistyawati, sulistiawati → 'slstjwt'. A first vowel is 'a'.
 * Never empty for a word with a letter a to z.
 */
export function skeleton(word: string): string {
  const known = skeletons.get(word)
  if (known !== undefined) return known
  if (skeletons.size >= MOST_REMEMBERED) skeletons.clear()
  const bones = boned(word)
  skeletons.set(word, bones)
  return bones
}

/** A few thousand words make most names; loading a million people must not work each of them out again. */
const skeletons = new Map<string, string>()
const MOST_REMEMBERED = 20_000

function boned(word: string): string {
  const text = modern(word)
    .replace(servant, 'abdul$1')
    .replaceAll('ie', 'i')
    .replaceAll('dz', 'z')
    .replaceAll(/sy|sh/g, 's')
  let bones = ''
  let last = ''
  const put = (sign: string, letter: string) => {
    // Doubled letters are one.
    if (letter !== last || isVowel(letter)) bones += sign
  }
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at)
    const next = text[at + 1]
    if (isVowel(letter)) {
      if (at === 0) bones = 'a'
      // Between two vowels i and u are spoken y and w, and often written so.
      else if (letter === 'i' && isVowel(next) && next !== 'i') bones += 'j'
      else if (letter === 'u' && isVowel(next) && next !== 'u') bones += 'w'
    } else if (letter === 'h') {
      if (at === 0 || (isVowel(last) && next !== undefined)) put('h', letter)
    } else if (letter === 'y' || letter === 'w') {
      if (isVowel(next)) put(signs[letter] ?? letter, letter)
      else if (at === 0) bones = 'a'
    } else if (letter === 'z' && next === undefined) put('s', letter)
    else if (letter >= 'a' && letter <= 'z') put(signs[letter] ?? letter, letter)
    last = letter
  }
  return bones || 'a'
}

/** 'Siti Maemunah' is shown as 'S*** M*******'. */
export const maskName = (name: string | null): string | null =>
  name === null
    ? null
    : name.replace(/\p{L}+/gu, (word) => (word[0] ?? '') + '*'.repeat(Math.max(0, [...word].length - 1)))
