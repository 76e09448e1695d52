import { registerRetention } from '../rights/index.ts'
import { followFamilies } from './follow.ts'
import { endedContacts } from './retention.ts'

export { type ContactKind, normaliseContact } from './normalise.ts'
export { contactsToAsk, familiesWithContact, type Reach } from './reach.ts'
export {
  changeAgreement,
  endContact,
  recordContact,
  recordContactAsSystem,
  stopContact,
  type ToldContact,
} from './record.ts'
export { contactRoutes } from './routes.ts'

followFamilies()
registerRetention(endedContacts)
