/** 'Siti Nur Aminah' → 'S. N. A.'; null stays null. */
export const initials = (name: string | null): string | null => {
  if (name === null) return null
  const letters = name
    .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’.-]*/gu)
    ?.map((word) => `${[...word][0]?.toUpperCase() ?? ''}.`)
  return letters?.join(' ') ?? null
}

/** Numbers of identity cards, families and telephones that somebody wrote into a text: only the first two digits stay. */
export const withoutLongNumbers = (text: string): string =>
  text.replace(/\d(?:[\s.-]?\d){7,}/g, (found) => {
    let kept = 0
    return found.replace(/\d/g, (digit) => (kept++ < 2 ? digit : '*'))
  })
