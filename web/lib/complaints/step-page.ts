import { fail, redirect } from '@sveltejs/kit'
import type { Draft } from '#src/complaints/schema.ts'
import { m } from '#messages'
import { faultsOf } from '#lib/api.ts'
import { draftHeader, findDraft, keep, type Content } from './draft.ts'
import {
  firstUnfinished,
  nextStep,
  stepBefore,
  stepOf,
  typedOn,
  type Fault,
  type Step,
  type StepName,
} from './steps.ts'
import { findSent } from './ticket.ts'

type Event = Parameters<typeof findDraft>[0]
type PostEvent = Event & { request: Request }

export type StepData = {
  step: StepName
  part: number
  content: Content
  files: Draft['files']
  faults: Fault[]
  back: string | undefined
  /** The draft is not there any more: it was sent, it ran out, or this browser keeps no cookies. */
  gone: 'sent' | 'expired' | 'refused' | undefined
  /** Earlier pages were lost, this one was kept. */
  lost: boolean
  changing: boolean
}
export type StepForm = { typed?: Content; faults: Fault[] } | null | undefined

// Words in the address, because a page that failed is shown by a redirect: reloading it and going back send nothing twice.
const flag = { wrong: 'salah', change: 'ubah', begun: 'mulai', lost: 'habis' } as const

/** What a page of the form shows: everything typed before, what is wrong with it, and the way back. */
export async function loadStep(event: Event, name: StepName): Promise<StepData> {
  const step = stepOf(name)
  const draft = await findDraft(event)
  const content: Content = draft?.content ?? {}
  const query = event.url.searchParams
  const changing = query.has(flag.change)
  return {
    step: name,
    part: step.part,
    content,
    files: draft?.files ?? [],
    faults: draft && query.has(flag.wrong) ? step.faults(content) : [],
    back: changing ? stepOf('check').path : stepBefore(step, content)?.path,
    gone: draft || name === 'class' ? undefined : whyGone(event),
    lost: query.has(flag.lost),
    changing,
  }
}

function whyGone({ cookies, url }: Event): StepData['gone'] {
  if (findSent(cookies)) return 'sent'
  return url.searchParams.has(flag.begun) ? 'refused' : 'expired'
}

/** Keeps what was typed, right or wrong, and goes on when it is right. */
export async function saveStep(event: PostEvent, name: StepName) {
  const step = stepOf(name)
  return saveTyped(event, step, typedOn(step, await event.request.formData()))
}

export async function saveTyped(event: Event, step: Step, typed: Content) {
  // Gone back from the confirmation and pressed a button again: nothing new is begun by that.
  if (step.name !== 'class' && findSent(event.cookies) && !draftHeader(event.cookies)) redirect(303, '/aduan/terkirim')
  const answer = await keep(event, typed)
  if (!answer.ok) return refuse(answer.status, step, typed, faultsOf(answer.problem))
  return onward(event, step, answer.data.content, answer.begun ?? false)
}

/** The page again as it was typed, when it could not even be kept. */
export function refuse(status: number, step: Step, typed: Content, said: Fault[]) {
  const own = step.faults(typed)
  const faults = own.length > 0 ? own : said.map(({ message }) => ({ message }))
  return fail(status >= 500 ? 503 : status, {
    typed,
    faults: faults.length > 0 ? faults : [{ message: m.public_new_not_kept() }],
  })
}

/** To the same page when something is wrong on it, to the next one otherwise. Always a redirect. */
export function onward(event: Event, step: Step, content: Content, begun: boolean): never {
  const changing = event.url.searchParams.has(flag.change)
  if (step.faults(content).length > 0)
    redirect(303, address(step, { [flag.wrong]: true, [flag.change]: changing, [flag.begun]: begun }))
  if (begun && step.name !== 'class') {
    const first = firstUnfinished(content)
    if (first) redirect(303, address(first, { [flag.lost]: true, [flag.begun]: true }))
  }
  if (!changing) redirect(303, address(nextStep(step, content), { [flag.begun]: begun }))
  const unfinished = firstUnfinished(content)
  // A changed answer may ask for more pages; those come first, then back to the answers.
  redirect(303, unfinished ? address(unfinished, { [flag.change]: true }) : stepOf('similar').path)
}

export function address(step: Step, flags: Record<string, boolean>): string {
  const set = Object.keys(flags).filter((key) => flags[key])
  return set.length > 0 ? `${step.path}?${set.join('&')}` : step.path
}
