/**
 * Something outside Pilar keeps it from starting (a port, a folder, a database, a setting). The message is one or more
 * whole sentences that say what is wrong and what to do; it is printed as it is, without a stack.
 */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
