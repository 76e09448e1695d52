/** Stands for what the letter's font cannot show, so that a reader sees that something is missing. */
const MISSING = '[?]'

// Windows-1252 beyond Latin-1: what a PDF's standard fonts show besides U+0020–7E and U+00A0–FF.
const BEYOND_LATIN1 = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'

// Signs that have an everyday spelling and no decomposition of their own.
const SPELLED = new Map(
  Object.entries({
    '→': '->',
    '←': '<-',
    '≤': '<=',
    '≥': '>=',
    '≠': '!=',
    '−': '-',
    '‐': '-',
    '‑': '-',
    '‒': '–',
    '―': '—',
    '′': "'",
    '″': '"',
    ʼ: '’',
    ʻ: '‘',
    ʾ: '’',
    ʿ: '‘',
    '●': '•',
    '▪': '•',
    '◦': '•',
    '✓': 'v',
    '✔': 'v',
    đ: 'd',
    Đ: 'Ð',
    ł: 'l',
    Ł: 'L',
    ı: 'i',
  }),
)

const characters = new Intl.Segmenter('id', { granularity: 'grapheme' })

/**
 * The text as a PDF's standard fonts can show it (Windows-1252, which covers Indonesian and the languages of western
 * Europe). Other Latin letters lose their marks (ā → a), some signs get their everyday spelling (→ becomes ->), anything
 * else (emoji, other scripts) becomes one visible `[?]` for each run. Invisible and control characters go; line breaks stay.
 */
export function printable(text: string): string {
  const tidy = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[^\S\n\u00a0]/g, ' ')
  let shown = ''
  for (const { segment } of characters.segment(tidy)) {
    const next = shownCharacter(segment)
    // A whole word in another script is one thing that is missing, not ten.
    if (next !== MISSING || !shown.endsWith(MISSING)) shown += next
  }
  return shown
}

function shownCharacter(character: string): string {
  if (isShown(character)) return character
  const spelled = SPELLED.get(character)
  if (spelled !== undefined) return spelled
  const visible = character.replace(/[\p{Cc}\p{Cf}]/gu, '')
  if (visible === '') return ''
  const base = visible.normalize('NFKD').replace(/\p{M}/gu, '')
  // A mark alone stands on nothing and shows nothing; \ufe0f only says how the sign before it should look.
  if (base === '') return ''
  const letters = [...base].map((letter) => (isShown(letter) ? letter : (SPELLED.get(letter) ?? MISSING))).join('')
  return letters.includes(MISSING) ? MISSING : letters
}

const isShown = (text: string) =>
  [...text].every(
    (letter) => /^[\n\u0020-\u007e\u00a0-\u00ac\u00ae-\u00ff]$/.test(letter) || BEYOND_LATIN1.includes(letter),
  )
