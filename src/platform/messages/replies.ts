import type { Db } from '#src/platform/db/index.ts'

export type ReplyContext = { db: Db; secret: Buffer; baseUrl: string }
export type ReplyGiven = {
  /** key of the button */
  button: string
  /** what was given along with it to `queueMessages` */
  token: string
  /** the language of the message that is answered */
  locale: 'id' | 'en'
  /** when it was pressed */
  at: Date
}

/**
 * What a pressed button means. The text is answered within the conversation. It must bear a repetition: buttons are pressed
 * twice, and a process may die between doing and saying.
 */
export type ReplyHandler = (context: ReplyContext, given: ReplyGiven) => Promise<{ text: string }>

const handlers = new Map<string, ReplyHandler>()

/** Says who understands the buttons of a topic. Gives a function that takes it back. */
export function onReply(topic: string, handler: ReplyHandler): () => void {
  handlers.set(topic, handler)
  return () => void (handlers.get(topic) === handler && handlers.delete(topic))
}

export const findReplyHandler = (topic: string): ReplyHandler | undefined => handlers.get(topic)
