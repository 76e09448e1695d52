export { type Reached, reachAsOwner, reachNewAsOwner } from './reach.ts'
export { emptyAgain, refuseFilled, type Restored, restoreBackup } from './restore.ts'
export { type Taken, takeBackup } from './take.ts'
