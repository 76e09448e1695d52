import { stepPages } from '#lib/public/step-pages.ts'
import * as store from './draft.ts'
import { findSent } from './sent.ts'
import { steps, typedOn } from './steps.ts'

export const { loadStep, saveStep, saveTyped, sentAlready, refuse, onward } = stepPages({
  store,
  steps,
  first: 'kind',
  check: 'check',
  afterChange: 'check',
  passing: [],
  typedOn,
  findSent,
  sentPath: '/usul/terkirim',
})
