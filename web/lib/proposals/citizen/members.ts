import { m } from '#messages'
import { personFaults, tidy } from '#lib/public/answers.ts'
import type { Content } from '#lib/public/draft.ts'
import type { Fault } from '#lib/public/steps.ts'

/** As many as a draft has room for beside everything else. */
export const mostMembers = 15
const parts = ['name', 'nik', 'birthDate', 'sex', 'relationship']

export const memberKeys = (place: number): string[] => parts.map((part) => `members.${place}.${part}`)

const isBlank = (content: Content, place: number) =>
  memberKeys(place).every((key) => key.endsWith('.relationship') || !content[key])

/** How many have been filled in; the places are filled from the first on. */
export function membersIn(content: Content): number {
  for (let place = 0; place < mostMembers; place++) if (isBlank(content, place)) return place
  return mostMembers
}

/** What was typed about one of them; their place is a field of the form. */
export function typedMember(form: FormData, place: number): Content {
  const typed: Content = {}
  for (const key of memberKeys(place)) {
    const value = form.get(key)
    typed[key] = tidy(key, typeof value === 'string' ? value : '')
  }
  return typed
}

/** Nothing but the relationship, which has a first answer, was filled in. */
export const isBlankMember = (typed: Content, place: number): boolean => isBlank(typed, place)

/** What changes when one is taken out: everybody behind moves up. */
export function withoutMember(content: Content, place: number): Content {
  const changed: Content = {}
  for (let one = place; one < membersIn(content); one++)
    for (const part of parts) changed[`members.${one}.${part}`] = content[`members.${one + 1}.${part}`] ?? ''
  return changed
}

export function memberFaults(content: Content, needsOne: boolean): Fault[] {
  const count = membersIn(content)
  const nameMissing = (place: number): Fault => ({
    field: `members.${place}.name`,
    message: m.proposals_public_member_name_missing(),
  })
  if (count === 0) return needsOne ? [nameMissing(0)] : []
  return Array.from({ length: count }, (_, place) => [
    ...(content[`members.${place}.name`] ? [] : [nameMissing(place)]),
    ...personFaults(content, `members.${place}`),
  ]).flat()
}

/** Which of them the page asks about: the one in the address, the first that is wrong, or the first of all. */
export function placeAsked(asked: string | null, count: number, faults: readonly Fault[]): number | null {
  const wrong = faults[0]?.field?.split('.')[1]
  if (asked === null && wrong === undefined) return count === 0 ? 0 : null
  const place = Number(asked ?? wrong)
  return Number.isInteger(place) && place >= 0 ? Math.min(place, count, mostMembers - 1) : 0
}
