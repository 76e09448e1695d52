import { roleWords } from '#lib/staff/navigation.ts'
import type { AuditEntry, Verification } from '#src/platform/audit/schema.ts'
import { m } from '#messages'

type Words = Readonly<Record<string, () => string>>

export const acts: Words = {
  look: m.audit_act_look,
  reveal: m.audit_act_reveal,
  insert: m.audit_act_insert,
  update: m.audit_act_update,
  delete: m.audit_act_delete,
  export: m.audit_act_export,
  load: m.audit_act_load,
  sign_in: m.audit_act_sign_in,
  sign_in_failed: m.audit_act_sign_in_failed,
  sign_in_expired: m.audit_act_sign_in_expired,
  sign_out: m.audit_act_sign_out,
  acting: m.audit_act_acting,
  authenticator_added: m.audit_act_authenticator_added,
  authenticator_removed: m.audit_act_authenticator_removed,
  password_changed: m.audit_act_password_changed,
  password_reset: m.audit_act_password_reset,
  proved_again: m.audit_act_proved_again,
  recovery_codes_renewed: m.audit_act_recovery_codes_renewed,
  second_factor_reset: m.audit_act_second_factor_reset,
  sessions_ended: m.audit_act_sessions_ended,
}

export const subjects: Words = {
  complaint: m.audit_subject_complaint,
  complaint_person: m.audit_subject_complaint_person,
  complaint_event: m.audit_subject_complaint_event,
  complaint_clock: m.audit_subject_complaint_clock,
  disposition: m.audit_subject_disposition,
  referral: m.audit_subject_referral,
  recommendation: m.audit_subject_recommendation,
  attachment: m.audit_subject_attachment,
  letter: m.audit_subject_letter,
  account: m.audit_subject_account,
  assignment: m.audit_subject_assignment,
  passkey: m.audit_subject_passkey,
  oidc_identity: m.audit_subject_oidc_identity,
  office: m.audit_subject_office,
  holiday: m.audit_subject_holiday,
  working_week: m.audit_subject_working_week,
  region: m.audit_subject_region,
  family_contact: m.audit_subject_family_contact,
  message: m.audit_subject_message,
  message_channel: m.audit_subject_message_channel,
  message_inbound: m.audit_subject_message_inbound,
  payment_file: m.audit_subject_payment_file,
  family_account: m.audit_subject_family_account,
  account_import: m.audit_subject_account_import,
  audit_entry: m.audit_subject_audit_entry,
  audit_verification: m.audit_subject_audit_verification,
}

const onThings = new Set(['look', 'reveal', 'insert', 'update', 'delete', 'export', 'load'])

/** "Membuka data orang dalam aduan"; what people do with their own account says all by itself. A code nobody has named stays a code. */
export function said({ act, subject }: Pick<AuditEntry, 'act' | 'subject'>): string {
  const verb = acts[act]?.() ?? act
  return onThings.has(act) || !acts[act] ? `${verb} ${subjects[subject]?.() ?? subject}` : verb
}

/** Who it was, where it was no account: the system, a citizen, or whoever set it up. */
export const roleSaid = (role: string | null): string =>
  role === null || role === ''
    ? m.audit_role_nobody()
    : role === 'system'
      ? m.audit_role_system()
      : role === 'citizen'
        ? m.audit_role_citizen()
        : ((roleWords as Words)[role]?.() ?? role)

export const problemSaid: Readonly<Record<NonNullable<Verification['broken']>['problem'], () => string>> = {
  gap: m.audit_problem_gap,
  missing: m.audit_problem_missing,
  changed: m.audit_problem_changed,
  unsealed: m.audit_problem_unsealed,
  waiting: m.audit_problem_waiting,
  head: m.audit_problem_head,
}

/** The changed columns and their values, as far as those were written down: a null says "changed" and no more. */
export function details({ act, detail }: Pick<AuditEntry, 'act' | 'detail'>): { name: string; value: string }[] {
  return Object.entries(detail).map(([name, value]) => ({ name, value: valueSaid(value, act) }))
}

function valueSaid(value: unknown, act: string): string {
  if (value === null) return act === 'update' ? m.audit_changed_only() : m.audit_emptied()
  if (typeof value === 'boolean') return value ? m.audit_yes() : m.audit_no()
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
    ? value.join(', ')
    : JSON.stringify(value)
}
