import { answerLater } from './answer-later.ts'
import { forget, tellEvents, watchFeed } from './notify.ts'

export const exchangeJobs = [answerLater, tellEvents, watchFeed, forget]
