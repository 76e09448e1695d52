/* Words and signs of a text of CEL, and which of them a part of the text reaches over. */

/** Offsets in UTF-16 units; `to` is the first behind it. */
export type Span = { from: number; to: number }
type Token = Span & { text: string }

const pattern =
  /\/\/[^\n\r]*|[bBrR]{0,2}(?:"""(?:\\[\s\S]|(?!""")[\s\S])*"""|'''(?:\\[\s\S]|(?!''')[\s\S])*'''|"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*')|0[xX][0-9a-fA-F]+[uU]?|(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[uU]?|[A-Za-z_][A-Za-z0-9_]*|&&|\|\||[=!<>]=|\S/g

const opens: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Finds the places of the parts of one text, from the one offset the parser keeps of each. */
export function spanner(text: string) {
  const tokens: Token[] = []
  for (const match of text.matchAll(pattern))
    if (!match[0].startsWith('//'))
      tokens.push({ from: match.index, to: match.index + match[0].length, text: match[0] })

  // Which bracket closes which, and how deep they lie.
  const partner = new Map<number, number>()
  const open: number[] = []
  let deepest = { depth: 0, at: 0 }
  for (const [index, token] of tokens.entries()) {
    if (opens[token.text] !== undefined) {
      open.push(index)
      if (open.length > deepest.depth) deepest = { depth: open.length, at: token.from }
    } else if (token.text === ')' || token.text === ']' || token.text === '}') {
      const start = open.pop()
      if (start !== undefined) {
        partner.set(start, index)
        partner.set(index, start)
      }
    }
  }

  const indexAt = (offset: number): number => {
    const index = tokens.findIndex((token) => token.to > offset)
    return index < 0 ? tokens.length - 1 : index
  }
  const tokenOf = (index: number): Token => tokens[index] ?? { from: 0, to: text.length, text: '' }
  /** The end of the bracket that opens at the first `(` or `[` from an index on. */
  const closing = (index: number): number => {
    let at = index
    while (at < tokens.length && opens[tokenOf(at).text] === undefined) at++
    return tokenOf(partner.get(at) ?? index).to
  }

  return {
    deepest,
    /** The word or sign at or behind an offset. */
    token: (offset: number): Span => spanOf(tokenOf(indexAt(offset))),
    /** The same, with the sign of a number. */
    literal(offset: number): Span {
      const index = indexAt(offset)
      const first = tokenOf(index)
      return { from: first.from, to: first.text === '-' ? tokenOf(index + 1).to : first.to }
    },
    /** `name(…)` */
    call: (offset: number): Span => ({ from: tokenOf(indexAt(offset)).from, to: closing(indexAt(offset)) }),
    /** `[…]` */
    bracket: (offset: number): Span => ({ from: tokenOf(indexAt(offset)).from, to: closing(indexAt(offset)) }),
    /** The end of `.name(…)`. */
    methodEnd: (offset: number): number => closing(indexAt(offset)),
    /** The end of `.name`. */
    afterDot: (offset: number): number => tokenOf(indexAt(offset) + 1).to,
    /** A part with the brackets around it that only hold it together. */
    outer(span: Span): Span {
      let first = tokens.findIndex((token) => token.from >= span.from)
      let last = tokens.findLastIndex((token) => token.to <= span.to)
      for (;;) {
        const before = tokens[first - 1]
        if (before?.text !== '(' || partner.get(first - 1) !== last + 1) break
        const name = tokens[first - 2]?.text ?? ''
        if (/^[A-Za-z_]/.test(name) && name !== 'in') break
        first--
        last++
      }
      return { from: tokenOf(first).from, to: tokenOf(last).to }
    },
  }
}

const spanOf = ({ from, to }: Token): Span => ({ from, to })
