import { m } from '#messages'
import { sayDay } from '#src/platform/calendar/index.ts'
import { onReply, type ReplyHandler } from '#src/platform/messages/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { answerByCode, openQuestion } from './answering.ts'
import { TOPIC } from './rows.ts'

/** Hears the buttons under our messages; gives back how to stop. */
export const hearReplies = (): (() => void) => onReply(TOPIC, reply)

/**
 * A button was pressed. "Not received" is an answer and opens the complaint, whose number and secret are told there and then; "received" is
 * not all of one, as nobody asked how much: the questions left are at the link. Pressed again, or too late, it says so.
 */
const reply: ReplyHandler = async ({ db, secret, baseUrl }, { button, token, locale, at }) => {
  const say = { locale }
  const complain = { link: `${baseUrl}/aduan/baru` }
  try {
    const question = await openQuestion(db, token)
    if (question.state === 'answered') return { text: m.reconciliation_reply_answered(complain, say) }
    if (question.state === 'closed') return { text: m.reconciliation_reply_closed(complain, say) }
    if (button !== 'not_received')
      return {
        text: m.reconciliation_reply_more(
          { link: `${baseUrl}/tanya/${token}`, until: sayDay(question.closesOn, locale, 'long') },
          say,
        ),
      }
    const { complaint } = await answerByCode(db, secret, token, { received: false }, at)
    if (!complaint) return { text: m.reconciliation_reply_thanks({}, say) }
    return { text: m.reconciliation_reply_case({ ...complaint, link: `${baseUrl}/lacak` }, say) }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // Two presses at once: the second finds what the first did.
    if (error.code === 'asking_answered') return { text: m.reconciliation_reply_answered(complain, say) }
    if (error.code === 'asking_closed') return { text: m.reconciliation_reply_closed(complain, say) }
    return { text: m.reconciliation_reply_unknown(complain, say) }
  }
}
