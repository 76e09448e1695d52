import { v7 as uuid } from 'uuid'
import type { Class, Filed, NewComplaint, PersonInput, SimilarCase } from '#src/complaints/schema.ts'
import { ask, type Problem } from '#lib/api.ts'
import { m } from '#messages'
import { attempt } from './attempt.ts'
import { uploadFile } from './upload.ts'

/** Somebody on the form, as typed: everything is text until it is sent. */
export type PersonDraft = Record<
  | 'name'
  | 'nik'
  | 'kkNumber'
  | 'phone'
  | 'email'
  | 'sex'
  | 'birthDate'
  | 'address'
  | 'rt'
  | 'rw'
  | 'relationship'
  | 'registered'
  | 'decile',
  string
> & { key: number; programmes: string[] }

let made = 0
export const blankPerson = (): PersonDraft => ({
  key: ++made,
  name: '',
  nik: '',
  kkNumber: '',
  phone: '',
  email: '',
  sex: '',
  birthDate: '',
  address: '',
  rt: '',
  rw: '',
  relationship: '',
  registered: '',
  decile: '',
  programmes: [],
})

/** Digits only: people copy NIKs with the spaces and dots they stand in on the card. */
export const digits = (text: string) => text.replace(/[\s.-]/g, '')

/** What the API takes: what was left empty is absent. */
export function personOf(draft: PersonDraft): PersonInput {
  const { key: _, programmes, decile, nik, kkNumber, ...rest } = draft
  const person: Record<string, unknown> = { nik: digits(nik), kkNumber: digits(kkNumber), ...rest }
  for (const name of Object.keys(person)) {
    const value = person[name]
    if (typeof value === 'string' && value.trim() === '') delete person[name]
    else if (typeof value === 'string') person[name] = value.trim()
  }
  if (decile !== '') person['decile'] = Number(decile)
  if (programmes.length > 0) person['programmes'] = programmes
  return person as PersonInput
}

export type IntakeForm = {
  id: string
  regionCode: string
  regionText: string
  class: Class
  matter: string
  programmeCode: string
  body: string
  confidential: boolean
  anonymous: boolean
  aboutOffice: boolean
  complainant: PersonDraft
  concerned: PersonDraft[]
  joinTo: SimilarCase | null
}

export const blankIntake = (region: { code: string; text: string }): IntakeForm => ({
  id: uuid(),
  regionCode: region.code,
  regionText: region.text,
  class: 'complaint',
  matter: '',
  programmeCode: '',
  body: '',
  confidential: false,
  anonymous: false,
  aboutOffice: false,
  complainant: blankPerson(),
  concerned: [],
  joinTo: null,
})

export const complaintOf = (form: IntakeForm): NewComplaint => {
  const complainant = personOf(form.complainant)
  const concerned = form.concerned.map(personOf).filter((one) => Object.keys(one).length > 0)
  return {
    id: form.id,
    regionCode: form.regionCode,
    class: form.class,
    matter: form.matter,
    body: form.body.trim(),
    ...(form.programmeCode && { programmeCode: form.programmeCode }),
    ...(form.confidential && { confidential: true }),
    ...(form.anonymous && { anonymous: true }),
    ...(form.aboutOffice && { aboutOffice: true }),
    ...(Object.keys(complainant).length > 0 && { complainant }),
    ...(concerned.length > 0 && { concerned }),
    ...(form.joinTo && { joinTo: form.joinTo.id }),
  }
}

/** What is plainly missing or miswritten, said before anything is sent; everything else the server says. */
export function faultsIn(complaint: NewComplaint): NonNullable<Problem['errors']> {
  const faults: NonNullable<Problem['errors']> = []
  const add = (field: string, message: string) => faults.push({ field, code: 'local', message })
  if (complaint.regionCode === '') add('regionCode', m.work_new_missing_region())
  if (complaint.matter === '') add('matter', m.work_new_missing_matter())
  if (complaint.body.length < 10) add('body', m.work_new_missing_body())
  const people: [string, PersonInput | undefined][] = [
    ['complainant', complaint.complainant],
    ...(complaint.concerned ?? []).map((one, at): [string, PersonInput] => [`concerned.${at}`, one]),
  ]
  for (const [who, person] of people) {
    if (person?.nik !== undefined && !/^\d{16}$/.test(person.nik)) add(`${who}.nik`, m.work_new_sixteen_digits())
    if (person?.kkNumber !== undefined && !/^\d{16}$/.test(person.kkNumber))
      add(`${who}.kkNumber`, m.work_new_sixteen_digits())
  }
  return faults
}

export type Outcome = { filed: Filed; left: { file: File; why: string }[] }

/**
 * The state of one intake form: what is typed, which cases are similar, what the server said. Files are kept by the
 * browser until the complaint has its number; one that fails can be tried again without filing anew.
 */
export function intake(region: () => { code: string; text: string }) {
  const state = $state({
    form: blankIntake(region()),
    files: [] as File[],
    similar: [] as SimilarCase[],
    problem: null as Problem | null,
    busy: false,
    uploading: null as string | null,
    outcome: null as Outcome | null,
  })

  let asked = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Looks for similar cases once typing rests. */
  function look(): void {
    const { regionCode, matter, programmeCode, body } = state.form
    const text = body.trim()
    clearTimeout(timer)
    if (regionCode === '' || matter === '' || text.length < 20) {
      if (state.form.joinTo === null) state.similar = []
      asked = ''
      return
    }
    const question = JSON.stringify({ regionCode, matter, ...(programmeCode && { programmeCode }), body: text })
    if (question === asked) return
    timer = setTimeout(async () => {
      asked = question
      const answer = await ask<SimilarCase[]>(fetch, '/api/complaints/similar', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: question,
      }).catch(() => null)
      if (answer?.ok && asked === question) state.similar = answer.data
    }, 700)
  }

  async function send(): Promise<void> {
    if (state.busy) return
    const complaint = complaintOf(state.form)
    const errors = faultsIn(complaint)
    // A fresh object each time, so that the summary is announced again.
    state.problem = errors.length > 0 ? { status: 400, code: 'local', title: '', errors } : null
    if (errors.length > 0) return
    state.busy = true
    const answer = await attempt<Filed>('POST', '/api/complaints', complaint)
    if (answer.ok) {
      state.outcome = { filed: answer.data, left: [] }
      await upload(state.files)
    } else state.problem = answer.problem
    state.busy = false
  }

  async function upload(files: readonly File[]): Promise<void> {
    const { outcome } = state
    if (!outcome) return
    const left: Outcome['left'] = []
    for (const file of files) {
      state.uploading = file.name
      const why = await uploadFile(outcome.filed.id, file, true)
      if (why) left.push({ file, why })
    }
    state.uploading = null
    state.outcome = { ...outcome, left }
  }

  return {
    state,
    look,
    send,
    retry: () => upload(state.outcome?.left.map((one) => one.file) ?? []),
    /** The next one from the same place. */
    again(): void {
      const { regionCode, regionText } = state.form
      state.form = blankIntake({ code: regionCode, text: regionText })
      state.files = []
      state.similar = []
      state.problem = null
      state.outcome = null
      asked = ''
    },
    /** True while leaving the page would lose something. */
    unsent: (): boolean =>
      state.outcome === null &&
      (state.form.body.trim() !== '' ||
        state.files.length > 0 ||
        [state.form.complainant, ...state.form.concerned].some((one) => Object.keys(personOf(one)).length > 0)),
  }
}
export type Intake = ReturnType<typeof intake>
