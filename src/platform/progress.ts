/** Prints a line with the seconds since the command began; `PILAR_BEGAN` is handed on by scripts/start.mjs. */
export function progress(line: string): void {
  const began = Number(process.env['PILAR_BEGAN']) || Date.now() - performance.now()
  console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`)
}
