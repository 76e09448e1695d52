export {
  answer,
  askCompletion,
  assign,
  close,
  note,
  reclassify,
  reject,
  reply,
  returnAnswer,
  verify,
  verifyAnswer,
} from './casework.ts'
export { approve, recommend, returnRecommendation } from './desk.ts'
export { joinCases, separate } from './joining.ts'
export { accept, decline, refer, revoke } from './referral.ts'
