import type { Example } from '#src/programmes/catalogue/schema.ts'
import type { FamilyFacts } from '#src/programmes/rules/schema.ts'

export type Facts = FamilyFacts
export type Member = Facts['members'][number]
/** An example as it is typed. */
export type Typed = Omit<Example, 'facts' | 'expectedAmount'> & { facts: Facts; expectedAmount: string }

export const blankMember = (first: boolean): Member => ({
  ppks: [],
  disabilities: [],
  chronicIllnesses: [],
  answers: {},
  health: {},
  isHead: first,
  isPayee: first,
})

export const blankExample = (today: string): Typed => ({
  name: '',
  asOf: today,
  expected: 'in',
  expectedAmount: '',
  facts: {
    family: { region: '99.99.99.2001', status: 'active', programmes: [], answers: {} },
    members: [blankMember(true)],
  },
})

/** What an earlier version may lack is made up for, so that the form can show it. */
export function typedExample(one: Example): Typed {
  const given = one.facts as Partial<Facts>
  const blank = blankExample(one.asOf)
  return {
    name: one.name,
    asOf: one.asOf,
    expected: one.expected,
    expectedAmount: one.expectedAmount === null ? '' : String(one.expectedAmount),
    facts: {
      family: { ...blank.facts.family, ...given.family },
      members: (given.members ?? []).map((member) => ({ ...blankMember(false), ...member })),
    },
  }
}

export const sentExample = (one: Typed): Example => ({
  name: one.name,
  asOf: one.asOf,
  expected: one.expected,
  expectedAmount: /^[0-9]+$/.test(one.expectedAmount.trim()) ? Number(one.expectedAmount.trim()) : null,
  facts: one.facts,
})
