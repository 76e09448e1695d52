import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '#test/support/postgres.ts'

const { sql } = await testDatabase()

type Table = {
  name: string
  secured: boolean
  policies: number
  about: string | null
  watched: string | null
  grants: number
}
const tables = await sql<Table>(`
  select c.relname as name, c.relrowsecurity as secured, obj_description(c.oid) as about,
    (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
    (select string_agg(case when t.tgtype & 4 > 0 then 'insert' when t.tgtype & 8 > 0 then 'delete' else 'update' end, ',' order by t.tgname)
       from pg_trigger t join pg_proc f on f.oid = t.tgfoid
      where t.tgrelid = c.oid and f.proname = 'audit_rows' and t.tgenabled in ('O', 'A')) as watched,
    (select count(*) from information_schema.role_table_grants g where g.table_schema = 'public' and g.table_name = c.relname
       and g.grantee in ('pilar_app', 'pilar_citizen', 'PUBLIC')) as grants
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  order by c.relname`)

/** Tables whose changes are not written down row by row, and why not. */
const unwatched: Record<string, string> = {
  audit_entry: 'is the record itself',
  audit_pending: 'is the record itself',
  audit_seal: 'is the record itself',
  event_log: 'repeats what was written elsewhere, for live pages; nothing personal; pruned',
  idempotency_key: 'technical: a key and what it made, which is written down itself',
  throttle: 'technical: counts under hashed keys',
  check_count: 'technical: counts under hashed keys',
  session: 'signing in and out are recorded as acts; "last seen" would be a row a minute and person',
  sign_in_step: 'technical: half-finished sign-ins, gone after minutes',
  recovery_code: 'hashes only; making and using them are recorded as acts',
  complaint_number: 'made with its complaint, which is watched; never changes',
  complaint_draft: 'what a citizen has not sent yet; nobody else sees it; gone after a day',
  proposal_number: 'made with its proposal, which is watched; never changes',
  proposal_draft: 'what a citizen has not sent yet; nobody else sees it; gone after a day',
  complaint_similar: 'found by the machine; a person’s verdict is an event of the complaint',
  letter_code: 'made with its letter, which is watched; never changes',
  letter_sequence: 'technical: the last number given',
  saved_view: 'a person’s own filters: nothing about anybody',
  complaint_tally: 'counts made from complaints; no row is about a person',
  complaint_tally_delta: 'counts made from complaints; no row is about a person',
  complaint_tally_year: 'counts made from complaints; no row is about a person',
  public_statistics: 'published counts; no row is about a person',
  public_statistics_year: 'published counts; no row is about a person',
  family: 'follows from register_event, which names who, when and why; each change is a recorded act',
  person: 'follows from register_event',
  person_sealed: 'follows from register_event',
  family_past: 'follows from register_event',
  person_past: 'follows from register_event',
  person_sealed_past: 'follows from register_event',
  register_event:
    'append-only by trigger, names who, when and why; each change is a recorded act with a digest of its rows',
  register_event_sealed: 'append-only by trigger; part of register_event',
  assistance_past: 'append-only by trigger: what was believed of assistance, which is watched',
  entitlement_told: 'technical: what the register is told next, gone after seconds',
  link_waiting: 'technical: who is compared next, gone after seconds',
  register_count: 'counts made from the register; no row is about a person',
  register_count_delta: 'counts made from the register; no row is about a person',
  register_sealed_count: 'counts made from the register; no row is about a person',
  register_sealed_stale: 'technical: regencies whose count is made anew',
  public_register: 'published counts; no row is about a person',
  public_register_edition: 'published counts; no row is about a person',
  campaign_task:
    'hundreds of thousands at once; starting, giving out and closing are recorded acts, a visit is a register_event',
  campaign_count: 'counts made from campaign_task; no row is about a family',
  agreement_token: 'hashes only; giving and revoking one is a recorded act',
  exchange_call: 'what consumers asked: each answer is a recorded act; what was asked is gone once answered',
  exchange_use: 'technical: calls of a minute',
  exchange_subscription: 'subscribing and ending it are recorded acts',
  exchange_notice: 'technical: ids of events on their way; each delivery is a recorded act',
  register_feed: 'technical: ids of events in the order they came in force',
  programme_example: 'invented families; the version they are part of is watched',
  determination_result:
    'hundreds of thousands at once; asking for a list, holding a family and approving are watched, and an approved list never changes',
  determination_fact: 'part of determination_result, frozen with it',
  determination_count: 'counts made from determination_result; no row is about a family',
  determination_suspect: 'found by the machine; what somebody decides of one is a determination_hold, which is watched',
  determination_changer: 'who changed a list, written with what they changed, which is watched',
  determination_progress: 'technical: how far a run is',
  decree_sequence: 'technical: the last number given',
  entitlement:
    'follows from the approval of its list, which is watched; only what became of it changes, and that is watched where it is written',
  round_entitlement:
    'copied from approved lists by the million; what became of each follows from redemption and acts on the round',
  voucher: 'signed by the million for a round, which is watched; issuing and cancelling are recorded acts',
  distribution_count: 'counts made from round_entitlement; no row is about a family',
  stock_balance: 'sums of stock_movement, which is watched',
  reconciliation_sum: 'counts made from round_entitlement; no row is about a family',
  reconciliation_difference:
    'found by the million; explaining them is a recorded act, and each row keeps who said what',
  payment_row:
    'made by the million with payment_file, which is watched; never changes but by payment_result, which is watched',
  payment_fault: 'part of payment_result, which is watched; append-only',
  account_import_row:
    'what a file would do, a hundred thousand at once; what it did is family_account, which is watched',
  account_import_fault: 'part of account_import, which is watched; append-only',
  message_inbound_held:
    'technical: a number and a token for the seconds until they are worked; message_inbound is watched',
  message_status: 'what a provider said; what follows from it is settled in message, which is watched',
  sign_look: 'technical: when a round was last looked through',
}

test('every table has row-level security, or states that it is reference data without anything about a person', () => {
  assert.ok(tables.length > 30)
  const open = tables.filter((one) => !one.secured && !one.about?.includes('Reference data:'))
  assert.deepEqual(
    open.map((one) => one.name),
    [],
  )
})

test('a table that is open to the application has a policy that says to whom', () => {
  assert.deepEqual(
    tables.filter((one) => one.secured && one.policies === 0 && one.grants > 0).map((one) => one.name),
    [],
  )
})

test('every table that may hold something about a person writes its changes into the audit log', () => {
  const wrong = tables
    .filter((one) => one.secured && !(one.name in unwatched))
    .filter((one) => one.watched !== 'delete,insert,update')
    .map((one) => `${one.name}: ${one.watched ?? 'no'} audit triggers`)
  assert.deepEqual(wrong, [])
})

test('the exceptions name tables that exist and are not watched after all', () => {
  const known = new Map(tables.map((one) => [one.name, one]))
  assert.deepEqual(
    Object.keys(unwatched).filter((name) => !known.has(name) || known.get(name)?.watched),
    [],
  )
})

test('what the audit triggers may write down with its value is never personal', async () => {
  const personal = /name|nik|kk_number|phone|email|address|birth|body|secret|hash|note|reason|answer_reason/
  const allowed = new Set([
    'office.name',
    'office.address',
    'office.phone',
    'office.email',
    'holiday.name',
    'passkey.name',
    // a word out of four
    'family_contact.end_reason',
  ])
  const rows = await sql<{ tbl: string; args: string }>(`
    select distinct c.relname as tbl, encode(t.tgargs, 'escape') as args from pg_trigger t join pg_proc f on f.oid = t.tgfoid
    join pg_class c on c.oid = t.tgrelid where f.proname = 'audit_rows'`)
  assert.ok(rows.length > 10)
  const told = rows.flatMap(({ tbl, args }) =>
    (args.split('\\000')[2] ?? '').split(',').map((column) => `${tbl}.${column}`),
  )
  assert.ok(told.includes('complaint.state'))
  assert.deepEqual(
    told.filter((one) => personal.test(one.split('.')[1] ?? '') && !allowed.has(one)),
    [],
  )
})

test('the application owns nothing and passes by no policy', async () => {
  const [role] = await sql(`select rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = 'pilar_app'`)
  assert.deepEqual(role, { rolsuper: false, rolbypassrls: false, rolinherit: false })
  assert.deepEqual(
    await sql(
      `select relname from pg_class where pg_get_userbyid(relowner) in ('pilar_app', 'pilar_citizen', 'pilar_system')`,
    ),
    [],
  )
})

test('a function that runs with the owner’s rights says where it looks for names, and is not open to everybody', async () => {
  const loose = await sql<{ name: string }>(`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and (not coalesce(array_to_string(p.proconfig, ';') like '%search_path=%', false)
        or (p.prorettype <> 'trigger'::regtype and (p.proacl is null or exists (
          select from aclexplode(p.proacl) a where a.grantee = 0 and a.privilege_type = 'EXECUTE'))))
    order by 1`)
  assert.deepEqual(
    loose.map((one) => one.name),
    [],
  )
})
