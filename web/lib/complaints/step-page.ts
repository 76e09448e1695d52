import { stepPages } from '#lib/public/step-pages.ts'
import * as store from './draft.ts'
import { steps, typedOn } from './steps.ts'
import { findSent } from './ticket.ts'

export { address } from '#lib/public/steps.ts'

export const { loadStep, saveStep, saveTyped, refuse, onward } = stepPages({
  store,
  steps,
  first: 'class',
  check: 'check',
  afterChange: 'similar',
  passing: ['similar'],
  typedOn,
  findSent,
  sentPath: '/aduan/terkirim',
})
