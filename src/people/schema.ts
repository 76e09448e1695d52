/** What pages may use of identities: checks and masks, pure functions over text. */
export { checkKk, checkNik, isChild, type KkDoubt, maskNik, maskPhone, type NikDoubt } from './identity.ts'
