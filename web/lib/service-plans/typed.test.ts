import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlanPage } from '#src/programmes/services/schema.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { blankQuestion, blankStep, codeFrom, planOf, typedPlan } from './typed.ts'

test('what ships is the same after it was opened in the editor and written back', async () => {
  const { sql } = await testDatabase()
  const plans = await sql<{ definition: PlanPage['definition'] }>('select definition from service_plan')
  assert.ok(plans.length > 10)
  for (const { definition } of plans) {
    const again = planOf(typedPlan({ definition }))
    assert.deepEqual(
      again.steps.map(({ form: _, ...one }) => one),
      definition.steps.map(({ form: _, ...one }) => one),
    )
    assert.deepEqual(again.outcomes, definition.outcomes)
    for (const [at, { form }] of definition.steps.entries()) {
      assert.deepEqual(new Set(again.steps[at]?.form?.required), new Set(form?.required))
      for (const [name, one] of Object.entries(form?.properties ?? {})) {
        const { 'x-order': _, ...is } = again.steps[at]?.form?.properties[name] ?? { 'x-order': 0 }
        const { 'x-order': _o, maxItems: _m, ...was } = one
        assert.deepEqual(is, was, name)
      }
    }
  }
})

test('codes follow from names, are of one kind, and never twice', () => {
  assert.equal(codeFrom('Kunjungan pertama!', [], 'x'), 'kunjungan_pertama')
  assert.equal(codeFrom('Kunjungan pertama', ['kunjungan_pertama'], 'x'), 'kunjungan_pertama_2')
  assert.equal(codeFrom('١٢ 3', ['langkah'], 'langkah'), 'langkah_2')
  const step = {
    ...blankStep(),
    name: 'Sama',
    questions: [
      { ...blankQuestion(), title: 'Apa' },
      { ...blankQuestion(), title: 'Apa' },
    ],
  }
  const plan = planOf({
    unit: 'person',
    confidential: false,
    days: 'working',
    summary: '',
    summaryEn: '',
    steps: [step, step],
    outcomes: [],
  })
  assert.deepEqual(
    plan.steps.map((one) => one.code),
    ['sama', 'sama_2'],
  )
  assert.deepEqual(Object.keys(plan.steps[0]?.form?.properties ?? {}), ['apa', 'apa_2'])
  assert.equal(plan.days, 'working')
})
