import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import type { TSchema } from 'typebox'
import * as schema from '#src/complaints/schema.ts'
import { actForms, actGroups, bodyOf, type Typed } from './act-forms.ts'

const typed: Typed = {
  text: 'Kartu sudah diganti bank.',
  office: '32.75/health',
  assignee: '',
  act: 'refer_sideways',
  class: 'complaint',
  matter: 'delivery.card',
  programme: '',
  join: '0199a0aa-0000-7000-8000-000000000001',
}
const bodies: Partial<Record<schema.Act, TSchema>> = {
  verify: schema.PlainAct,
  ask_completion: schema.WordsAct,
  assign: schema.AssignAct,
  answer: schema.WordsAct,
  refer_up: schema.ReferAct,
  refer_sideways: schema.ReferAct,
  send_down: schema.ReferAct,
  accept: schema.PlainAct,
  decline: schema.ReasonAct,
  revoke: schema.ReasonAct,
  reject: schema.ReasonAct,
  join: schema.JoinAct,
  separate: schema.ReasonAct,
  close: schema.ReasonAct,
  note: schema.WordsAct,
  recommend: schema.RecommendAct,
  return: schema.WordsAct,
  verify_answer: schema.PlainAct,
  return_answer: schema.ReasonAct,
  reclassify: schema.ReclassifyAct,
  reply: schema.WordsAct,
}

test('every form sends what the API asks of its act', () => {
  for (const [act, body] of Object.entries(bodies) as [schema.Act, TSchema][]) {
    const form = actForms[act]
    assert.ok(form, act)
    const sent = bodyOf(form, typed, 3)
    assert.ok(Value.Check(body, sent), `${act}: ${JSON.stringify(sent)}`)
  }
  assert.deepEqual(actForms.approve && bodyOf(actForms.approve, { ...typed, text: ' ' }, 3), { version: 3 })
})

test('every act with a form is in the menu exactly once, and what is internal says so', () => {
  const listed = actGroups.flatMap((group) => group.acts)
  assert.deepEqual([...listed].sort(), Object.keys(actForms).sort())
  for (const act of ['note', 'recommend', 'approve', 'return'] as const)
    assert.equal(actForms[act]?.audience, 'internal')
  for (const act of ['answer', 'reply', 'reject', 'refer_up', 'close'] as const)
    assert.equal(actForms[act]?.audience, 'public')
})
