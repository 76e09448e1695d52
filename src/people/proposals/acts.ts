export { amend } from './amend.ts'
export { addAttendance, closeMeeting, decideItem, openMeeting, putOnAgenda } from './meeting.ts'
export { issuePaper, keepSigned } from './papers.ts'
export {
  approveAtRegency,
  giveFieldCheck,
  refuse,
  returnForCompletion,
  submitFieldCheck,
  verifyAtRegency,
  withdraw,
} from './steps.ts'
export { submitProposal } from './submit.ts'
