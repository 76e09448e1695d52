/*
 * Lines of progress with the seconds since the command began. Everything in this folder runs on Node 20 with nothing
 * installed.
 */

/** When the command began, in milliseconds since 1970; handed on to what it starts, so that times go on counting. */
export const began = Number(process.env.PILAR_BEGAN) || Date.now()

/** @param {string} line */
export function say(line) {
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  console.log(`${seconds.padStart(6)} s  ${line}`)
}

/** A sentence for the person, and the end. @param {string} sentence @returns {never} */
export function giveUp(sentence) {
  console.error(`\n${sentence}\n`)
  process.exit(1)
}
