/** What pages may use of identities: checks and masks, pure functions over text. */
export { checkNik, isChild, maskNik, maskPhone, type NikDoubt } from './identity.ts'
