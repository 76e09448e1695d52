const LONGEST_NAME = 120
const NAMELESS = 'lampiran'

// The endings a person's own file of an accepted kind may have; they give way to the ending of what it really is.
const KNOWN_ENDING = /\.(jpe?g|jpe|jfif|png|apng|webp|hei[cf]|pdf)$/i
// Names that Windows keeps for devices, with or without an ending.
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/i

/**
 * A file name that can be shown, stored and downloaded anywhere: at most 120 UTF-16 units, letters of any script kept.
 * Gone: NUL and other control characters, right-to-left and other invisible marks, lone surrogates, the characters that
 * separate paths or that Windows forbids, dots and spaces at both ends. The ending becomes `ending` ('jpg', 'pdf'),
 * whatever the name claimed.
 */
export function harmlessName(name: string, ending: string): string {
  const bare = clean(name.slice(0, 4 * LONGEST_NAME)).replace(KNOWN_ENDING, '')
  const stem = trimmed(bare) || NAMELESS
  return `${cut(DEVICE.test(stem) ? `_${stem}` : stem, LONGEST_NAME - ending.length - 1)}.${ending}`
}

function clean(name: string): string {
  return (
    name
      .toWellFormed()
      .normalize('NFC')
      // A tab or line break inside a name stood for a gap; other control and format characters stood for nothing.
      .replace(/[\t\n\r\p{Zl}\p{Zp}]/gu, ' ')
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/gu, '')
      .replace(/[/\\:*?"<>|\u2044\u2215\u29f8\u29f9\uff0f\uff3c]/g, '-')
      .replace(/\s+/g, ' ')
      .trim()
  )
}

const trimmed = (stem: string) => stem.replace(/^[.\s-]+|[.\s]+$/g, '')

/** Cuts between what a reader sees as characters, never inside one. */
function cut(text: string, units: number): string {
  if (text.length <= units) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter('id').segment(text)) {
    if (kept.length + segment.length > units) break
    kept += segment
  }
  return trimmed(kept)
}
