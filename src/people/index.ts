export {
  decideOrder,
  importFile,
  noEvidence,
  NUMBER,
  readDay,
  readSixteen,
  recogniseTable,
  type Row,
  shownCell,
  tableRows,
  Unreadable,
  weigh,
} from './imports/index.ts'
export {
  contactsToAsk,
  familiesWithContact,
  normaliseContact,
  type Reach,
  recordContactAsSystem,
  stopContact,
} from './contacts/index.ts'
export { checkKk, checkNik, isChild, type KkDoubt, maskNik, maskPhone, type NikDoubt } from './schema.ts'
export { peopleJobs } from './jobs.ts'
export { maskName, nameWords, skeleton } from './names.ts'
export { personKeys, wordKey } from './search-keys.ts'
export { peopleRoutes } from './routes.ts'
export { registryRoutes } from './exchange/index.ts'
export {
  hasOpenProposal,
  knownByNik,
  type NewProposal,
  onProposalChanged,
  proposalActs,
  proposalsOf,
  type ProposalNews,
  proposerIs,
  submitProposal,
} from './proposals/index.ts'
export { familyNumbers } from './register/index.ts'
export { registerRetention, type RetentionTaker } from './rights/index.ts'
export { openedBy } from './ticket.ts'
