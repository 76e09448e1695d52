// Overrides and isolates of writing direction can make a text show something else than it says; the others are
// invisible or meant for machines. Joiners stay: emoji and some scripts need them.
const HARMFUL = /[\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C\uFEFF\u2028\u2029\u00AD]/gu
// eslint-disable-next-line no-control-regex -- control characters are the point
const CONTROL = /[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/gu

/** Text of several lines as it is stored: composed (NFC), no invisible direction marks, no control characters, trimmed. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(HARMFUL, '')
    .replace(CONTROL, '')
    .replace(/[^\S\n]+$/gmu, '')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()
}

/** One line: like cleanText, every run of white space one space. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/gu, ' ')

/** The first sentence or so: at most `most` characters, cut at a word, with an ellipsis when something is left out. */
export function shorten(text: string, most: number): string {
  const line = cleanLine(text)
  if (line.length <= most) return line
  const cut = line.slice(0, most - 1)
  const space = cut.lastIndexOf(' ')
  return `${(space > most * 0.6 ? cut.slice(0, space) : cut).replace(/[\uD800-\uDBFF]$/u, '')}…`
}
