export { checkNik, isChild, maskNik, maskPhone, type NikDoubt } from './schema.ts'
