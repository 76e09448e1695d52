export { cancelMessages, cancelMessagesTo, type NewMessage, queueMessages } from './queue.ts'
export { findReplyHandler, onReply, type ReplyContext, type ReplyHandler, type ReplyGiven } from './replies.ts'
export { type Channel, type MessageSettings, type WhatsappSettings } from './settings.ts'
export {
  messageChannels,
  messageHash,
  pauseChannel,
  sayTo,
  sendsForReal,
  setUpMessages,
  stopChannel,
} from './channels.ts'
export { messageJobs } from './jobs.ts'
export { messageRoutes } from './routes.ts'
export { type NewStatus, noteStatuses } from './statuses.ts'
export { localeOfAddress } from './queries.ts'
export { meaningOf } from './whatsapp-faults.ts'
export { readTerm } from './terms.ts'
