/** What pages may use of identities and contacts: checks and masks, pure functions over text. */
export { type ContactKind, normaliseContact } from './contacts/normalise.ts'
export { checkKk, checkNik, isChild, type KkDoubt, maskNik, maskPhone, type NikDoubt } from './identity.ts'
