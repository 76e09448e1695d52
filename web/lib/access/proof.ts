import { type Answer, type Problem, send } from '#lib/api.ts'

/**
 * Sends the proof that came along in the field `proof` (see ProofField), then does what was asked. What is refused comes
 * back as its problem, with the proof's own fault at its field.
 */
export async function withProof<T>(
  fetch_: typeof fetch,
  form: FormData,
  act: () => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const typed = String(form.get('proof') ?? '')
  if (typed === '') return act()
  const code = /^\d{3}\s?\d{3}$/.test(typed.trim())
  const proved = await send<T>(fetch_, 'POST', '/api/me/proof', code ? { code: typed.trim() } : { password: typed })
  return proved.ok ? act() : { ...proved, problem: atProof(proved.problem) }
}

const atProof = (problem: Problem): Problem => ({
  ...problem,
  ...(problem.errors && { errors: problem.errors.map((one) => ({ ...one, field: 'proof' })) }),
})

/** Whether the page should ask for a proof with the next sensitive change; a minute early, for the time of typing. */
export const needsProof = (proofHoldsUntil: string, problem?: Problem): boolean =>
  problem?.code === 'proof_needed' ||
  problem?.errors?.some((one) => one.field === 'proof') === true ||
  new Date(proofHoldsUntil).getTime() < Date.now() + 60_000
