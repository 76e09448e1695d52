import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { sql as raw } from 'kysely'
import { testDatabase } from '#test/support/postgres.ts'
import { getChainState, readHead, recordAct, sealAudit, verifyAudit, writeHead } from './index.ts'

const { db, sql } = await testDatabase({ max: 8 })

const look = (n: number) =>
  db.asSystem('test', (tx) =>
    recordAct(tx, {
      act: 'look',
      subject: 'complaint',
      subjectId: String(n),
      regionCode: '32.75',
      detail: { fields: ['nik'], n },
    }),
  )
const chain = () => db.asSystem('test', getChainState)

/** Does something only the owner with its triggers off could, looks, and puts it back. */
async function tampered(change: string, undo: string) {
  const off = (table: string) => `alter table ${table} disable trigger user`
  const on = (table: string) => `alter table ${table} enable trigger user`
  await sql([off('audit_entry'), off('audit_seal'), change, on('audit_entry'), on('audit_seal')].join(';'))
  const [found] = await sql('select * from verify_audit()')
  const whole = await verifyAudit(db, { slice: 7 })
  await sql([off('audit_entry'), off('audit_seal'), undo, on('audit_entry'), on('audit_seal')].join(';'))
  assert.equal(whole.outcome, 'broken')
  assert.deepEqual(whole.broken, {
    position: found?.['at_position'],
    entryId: found?.['at_entry'],
    problem: found?.['problem'],
  })
  return whole.broken
}

test('every entry gets one place, the links can be computed by anybody, and an intact chain verifies', async () => {
  for (let n = 0; n < 25; n++) await look(n)
  const before = await chain()
  assert.ok(before.waiting >= 25)
  const sealed = await sealAudit(db, { batch: 10 })
  assert.equal(sealed, before.waiting)
  assert.equal((await chain()).waiting, 0)
  assert.equal((await chain()).sealed, before.sealed + sealed)

  // Stated again, in another language than the database's: JSON of the fields, sha256 of the link before and of it.
  const rows = await sql<{ position: number; hash: Buffer; fields: string }>(`
    select s.position, s.hash, format('[%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s]', s.position, e.id,
      floor(extract(epoch from e.at) * 1000000)::bigint, coalesce(to_json(e.actor_id)::text, 'null'), coalesce(to_json(e.actor_role)::text, 'null'),
      coalesce(to_json(e.assignment_id)::text, 'null'), coalesce(to_json(e.office_id)::text, 'null'), to_json(e.act), to_json(e.subject),
      to_json(e.subject_id), coalesce(to_json(e.region_code)::text, 'null'), e.detail, coalesce(to_json(e.reason)::text, 'null')) as fields
    from audit_seal s join audit_entry e on e.id = s.entry_id order by s.position`)
  let link: Buffer = Buffer.alloc(32)
  for (const row of rows) {
    link = createHash('sha256').update(link).update(row.fields).digest()
    assert.equal(row.hash.toString('hex'), link.toString('hex'), `position ${row.position}`)
  }
  assert.equal((await chain()).head?.hash, link.toString('hex'))
  assert.equal((await verifyAudit(db, { slice: 7 })).outcome, 'intact')
  assert.deepEqual(await sql('select * from verify_audit()'), [])
})

test('what is broken is named: the first place, its entry, and how', async () => {
  await sealAudit(db)
  const [at] = await sql<{ entry_id: number; hash: Buffer }>(
    'select entry_id, hash from audit_seal where position = 12',
  )
  const id = at?.entry_id

  assert.deepEqual(
    await tampered(
      `update audit_entry set subject_id = 'another/' || subject_id where id = ${id}`,
      `update audit_entry set subject_id = replace(subject_id, 'another/', '') where id = ${id}`,
    ),
    { position: 12, entryId: id, problem: 'changed' },
  )
  assert.deepEqual(
    await tampered(
      `update audit_entry set at = at + interval '1 microsecond' where id = ${id}`,
      `update audit_entry set at = at - interval '1 microsecond' where id = ${id}`,
    ),
    { position: 12, entryId: id, problem: 'changed' },
  )
  assert.deepEqual(
    await tampered(
      `create table kept as select * from audit_entry where id = ${id}; delete from audit_entry where id = ${id}`,
      `insert into audit_entry overriding system value select * from kept; drop table kept`,
    ),
    { position: 12, entryId: id, problem: 'missing' },
  )
  assert.deepEqual(
    await tampered(
      `create table kept as select * from audit_seal where position = 12; delete from audit_seal where position = 12`,
      `insert into audit_seal select * from kept; drop table kept`,
    ),
    { position: 12, entryId: null, problem: 'gap' },
  )
  assert.deepEqual(
    await tampered(
      `create table kept as select * from audit_seal where position = 1; delete from audit_seal where position = 1`,
      `insert into audit_seal select * from kept; drop table kept`,
    ),
    { position: 1, entryId: null, problem: 'gap' },
  )
  const [newest] = await sql<{ id: number }>('select max(id) as id from audit_entry')
  const forged = Number(newest?.id) + 1000
  assert.deepEqual(
    await tampered(
      `insert into audit_entry (id, act, subject, subject_id) overriding system value values (${forged}, 'look', 'complaint', 'x')`,
      `delete from audit_entry where id = ${forged}`,
    ),
    { position: null, entryId: forged, problem: 'unsealed' },
  )
  assert.deepEqual(
    await tampered(
      `insert into audit_entry (id, at, act, subject, subject_id) overriding system value values (${forged}, now() - interval '2 hours', 'look', 'complaint', 'x');
       insert into audit_pending values (${forged})`,
      `delete from audit_entry where id = ${forged}; delete from audit_pending where entry_id = ${forged}`,
    ),
    { position: null, entryId: forged, problem: 'waiting' },
  )
  // The undoing itself left no trace, so the negatives above were about the change and nothing else.
  assert.equal((await verifyAudit(db)).outcome, 'intact')
})

test('a chain that was rewritten from one place on verifies, until it is held against a link written down before', async () => {
  await look(1000)
  await sealAudit(db)
  const { head } = await chain()
  assert.ok(head)
  const anchor = readHead(writeHead(head))
  assert.deepEqual(anchor, head)
  await look(1001)
  await sealAudit(db)
  assert.equal((await verifyAudit(db, { anchor: head })).outcome, 'intact')

  await sql(`
    alter table audit_entry disable trigger user; alter table audit_seal disable trigger user;
    create table kept as select * from audit_seal;
    update audit_entry set reason = 'none' where id = (select entry_id from audit_seal where position = 5);
    delete from audit_seal where position >= 5;
    insert into audit_seal select k.position, k.entry_id, audit_chain(audit_canonical(e, k.position), s.hash) over (order by k.position)
      from kept k join audit_entry e on e.id = k.entry_id, audit_seal s where k.position >= 5 and s.position = 4;
    drop table kept;
    alter table audit_entry enable trigger user; alter table audit_seal enable trigger user`)
  assert.equal((await verifyAudit(db)).outcome, 'intact')
  const { outcome, broken } = await verifyAudit(db, { anchor: head })
  assert.equal(outcome, 'broken')
  assert.equal(broken?.problem, 'head')
  assert.equal(broken?.position, head.position)
  assert.equal((await verifyAudit(db, { anchor: { position: 99_999_999, hash: head.hash } })).broken?.problem, 'head')
})

test('several sealers at once, while entries are written out of order, leave nothing out and nothing twice', async () => {
  const first = await chain()
  let writing = true
  const sealing = [1, 2, 3].map(async () => {
    while (writing) await sealAudit(db, { batch: 5 })
  })
  await Promise.all(
    Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; n < 30; n++)
        await db.asSystem('test', async (tx) => {
          await recordAct(tx, { act: 'look', subject: 'complaint', subjectId: `${writer}/${n}` })
          // The id is taken, the commit comes later than that of others.
          if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
        })
    }),
  )
  writing = false
  await Promise.all(sealing)
  await sealAudit(db)
  const last = await chain()
  assert.equal(last.sealed, first.sealed + first.waiting + 120)
  assert.equal((await verifyAudit(db)).outcome, 'intact')
  const [disorder] = await sql<{ n: number }>(
    'select count(*) as n from (select entry_id < lag(entry_id) over (order by position) as back from audit_seal) s where back',
  )
  console.log(`# ${disorder?.n} entries were sealed after a younger one`)
})

test('nobody changes, deletes or empties what was recorded and sealed; the application cannot seal or forge', async () => {
  for (const statement of [
    `update audit_seal set hash = hash`,
    `delete from audit_seal`,
    `truncate audit_seal`,
    `update audit_entry set act = act`,
    `delete from audit_entry`,
    `truncate audit_entry`,
  ])
    await assert.rejects(sql(statement), { code: '42501' }, statement)
  for (const statement of [
    `insert into audit_seal values (1000000, 1, sha256(''))`,
    `insert into audit_entry (act, subject, subject_id) values ('look', 'x', 'x')`,
    `delete from audit_pending`,
    `update audit_verification set outcome = 'intact'`,
  ])
    await assert.rejects(
      db.asSystem('test', (tx) => raw.raw(statement).execute(tx)),
      { code: '42501' },
      statement,
    )
})

test('a backlog is sealed and verified in bulk', async () => {
  await sql(`insert into audit_entry (act, subject, subject_id, region_code, actor_id, detail)
    select 'update', 'complaint', gen_random_uuid()::text, '32.75.05.1003', gen_random_uuid(),
      jsonb_build_object('state', 'verified', 'office_id', '32.75.05.1003/social', 'due_at', now()) from generate_series(1, 30000)`)
  let began = performance.now()
  const sealed = await sealAudit(db)
  const sealing = sealed / ((performance.now() - began) / 1000)
  began = performance.now()
  const { outcome, total } = await verifyAudit(db)
  const verifying = total / ((performance.now() - began) / 1000)
  console.log(`# sealed ${Math.round(sealing)} a second, verified ${Math.round(verifying)} a second`)
  assert.equal(outcome, 'intact')
  assert.ok(sealed >= 30_000)
  // How fast is said, not demanded: the machine may be doing other things. 40,000 a second and more where nothing else runs.
})
