/** A region's code and the codes above it, up to the nation: '32.75.05.1003', '32.75.05', '32.75', '32', '00'. */
export function lineage(code: string): string[] {
  if (code === '00') return ['00']
  const codes: string[] = []
  for (let rest = code; rest; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('.')))) codes.push(rest)
  return [...codes, '00']
}
