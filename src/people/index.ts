export { checkNik, maskNik, maskPhone, isChild, type NikDoubt } from './identity.ts'
