import { fail, redirect, type Cookies } from '@sveltejs/kit'
import { m } from '#messages'
import { faultsOf } from '#lib/api.ts'
import type { Content, draftStore, DraftEvent } from './draft.ts'
import { address, stepOrder, type Fault, type FormStep } from './steps.ts'

export type StepData<File = unknown> = {
  step: string
  part: number
  content: Content
  files: readonly File[]
  faults: Fault[]
  back: string | undefined
  /** The draft is not there any more: it was sent, it ran out, or this browser keeps no cookies. */
  gone: 'sent' | 'expired' | 'refused' | undefined
  /** Earlier pages were lost, this one was kept. */
  lost: boolean
  changing: boolean
}
export type StepFormData = { typed?: Content; faults: Fault[] } | null | undefined

type PostEvent = DraftEvent & { request: Request }

type Form<Name extends string, D extends { content: Content; files: readonly unknown[] }> = {
  store: ReturnType<typeof draftStore<D>>
  /** In the order they are asked. */
  steps: readonly FormStep<Name>[]
  first: Name
  check: Name
  /** Where somebody goes who changed an answer and has nothing left to mend. */
  afterChange: Name
  /** Pages that going back leaves out. */
  passing: readonly Name[]
  typedOn: (step: FormStep<Name>, form: FormData) => Content
  /** What this browser sent a moment ago, and where it is shown. */
  findSent: (cookies: Cookies) => unknown
  sentPath: string
}

// Words in the address, because a page that failed is shown by a redirect: reloading it and going back send nothing twice.
const flag = { wrong: 'salah', change: 'ubah', begun: 'mulai', lost: 'habis' } as const

/** What the pages of a form do alike: show what was typed, keep it right or wrong, go on when it is right. */
export function stepPages<Name extends string, D extends { content: Content; files: readonly unknown[] }>(
  form: Form<Name, D>,
) {
  const { draftHeader, findDraft, keep } = form.store
  const { stepOf, nextStep, stepBefore, firstUnfinished } = stepOrder(form.steps, form.check, form.passing)

  /** What a page of the form shows: everything typed before, what is wrong with it, and the way back. */
  async function loadStep(event: DraftEvent, name: Name): Promise<StepData<D['files'][number]>> {
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
      back: changing ? stepOf(form.check).path : stepBefore(step, content)?.path,
      gone: draft || name === form.first ? undefined : whyGone(event),
      lost: query.has(flag.lost),
      changing,
    }
  }

  function whyGone({ cookies, url }: DraftEvent): StepData['gone'] {
    if (form.findSent(cookies)) return 'sent'
    return url.searchParams.has(flag.begun) ? 'refused' : 'expired'
  }

  /** Keeps what was typed, right or wrong, and goes on when it is right. */
  async function saveStep(event: PostEvent, name: Name) {
    const step = stepOf(name)
    return saveTyped(event, step, form.typedOn(step, await event.request.formData()))
  }

  async function saveTyped(event: DraftEvent, step: FormStep<Name>, typed: Content) {
    sentAlready(event, step)
    const answer = await keep(event, typed)
    if (!answer.ok) return refuse(answer.status, step, typed, faultsOf(answer.problem))
    return onward(event, step, answer.data.content, answer.begun ?? false)
  }

  /** Gone back from the confirmation and pressed a button again: nothing new is begun by that. */
  function sentAlready({ cookies }: DraftEvent, step: FormStep<Name>): void {
    if (step.name !== form.first && form.findSent(cookies) && !draftHeader(cookies)) redirect(303, form.sentPath)
  }

  /** The page again as it was typed, when it could not even be kept. */
  function refuse(status: number, step: FormStep<Name>, typed: Content, said: Fault[]) {
    const own = step.faults(typed)
    const faults = own.length > 0 ? own : said.map(({ message }) => ({ message }))
    return fail(status >= 500 ? 503 : status, {
      typed,
      faults: faults.length > 0 ? faults : [{ message: m.public_new_not_kept() }],
    })
  }

  /** To the same page when something is wrong on it, to the next one otherwise. Always a redirect. */
  function onward(event: DraftEvent, step: FormStep<Name>, content: Content, begun: boolean): never {
    const changing = event.url.searchParams.has(flag.change)
    if (step.faults(content).length > 0)
      redirect(303, address(step, { [flag.wrong]: true, [flag.change]: changing, [flag.begun]: begun }))
    if (begun && step.name !== form.first) {
      const first = firstUnfinished(content)
      if (first) redirect(303, address(first, { [flag.lost]: true, [flag.begun]: true }))
    }
    if (!changing) redirect(303, address(nextStep(step, content), { [flag.begun]: begun }))
    const unfinished = firstUnfinished(content)
    // A changed answer may ask for more pages; those come first, then back to the answers.
    redirect(303, unfinished ? address(unfinished, { [flag.change]: true }) : stepOf(form.afterChange).path)
  }

  return { loadStep, saveStep, saveTyped, sentAlready, refuse, onward }
}
