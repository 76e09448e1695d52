import type { Tx } from '#src/platform/db/index.ts'

/** Something a live page may want to know. Nothing personal: what it is about is looked up by whoever may see it. */
export type NewEvent = {
  /** 'case.referred': what happened, in the words of the module that says it */
  kind: string
  subject: string
  subjectId: string
  /** whoever oversees this region hears of it; null for what only concerns one account */
  regionCode: string | null
  officeId?: string | null
  /** this account hears of it, wherever it acts */
  accountId?: string | null
  data?: Record<string, string | number | boolean | null>
}

/** Tells of a change in the transaction of the change: heard after its commit, or never. */
export async function emit(tx: Tx, event: NewEvent): Promise<void> {
  await tx
    .insertInto('event_log')
    .values({
      kind: event.kind,
      subject: event.subject,
      subject_id: event.subjectId,
      region_code: event.regionCode,
      office_id: event.officeId ?? null,
      account_id: event.accountId ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute()
}
