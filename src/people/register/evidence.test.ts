import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type Answer, faults, paper, registerDesk } from '#test/support/register-desk.ts'
import type { EvidenceFile, HistoryChange } from './schema.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-06-01T03:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const desk = await signedIn(db, { role: 'officer', regionCode: village })
const colleague = await signedIn(db, { role: 'officer', regionCode: village })
const checker = await signedIn(db, { role: 'supervisor', regionCode: '32.75' })
const newHome = await signedIn(db, { role: 'officer', regionCode: '32.75.01.1003' })
const { call, post, registered, open, opened } = registerDesk(app, desk)

const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#8a6' } })
  .withExif({ IFD0: { Model: 'Kamera rahasia' } })
  .jpeg()
  .toBuffer()

async function handIn(who: SignedIn, familyId: string, content: Buffer = photo, name = 'akta kematian.jpg') {
  const mark = 'batas-bagian'
  const response = await app.inject({
    method: 'POST',
    url: `/api/register/families/${familyId}/evidence`,
    headers: { 'content-type': `multipart/form-data; boundary=${mark}`, cookie: who.cookie },
    payload: Buffer.concat([
      Buffer.from(
        `--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`,
      ),
      content,
      Buffer.from(`\r\n--${mark}--\r\n`),
    ]),
  })
  return { status: response.statusCode, body: response.json<EvidenceFile & Answer>() }
}
const look = (who: SignedIn, familyId: string, id: string, query = '') =>
  app.inject({ url: `/api/register/families/${familyId}/evidence/${id}${query}`, headers: { cookie: who.cookie } })
const facts = (evidence: string[], more: object = {}) => ({
  ...paper,
  kind: 'income_fell',
  facts: { address: `Gang Melati ${evidence.length}` },
  evidence,
  ...more,
})

test('a file is handed in by whoever opened the family, named by an act, and seen in its history', async () => {
  const { familyId } = await registered()
  assert.equal((await handIn(desk, familyId)).body.code, 'open_first')
  await open(desk, familyId)
  const kept = await handIn(desk, familyId)
  assert.equal(kept.status, 201, JSON.stringify(kept.body))
  assert.deepEqual([kept.body.name, kept.body.mediaType], ['akta kematian.jpg', 'image/jpeg'])
  const id = uuid()
  const act = facts([kept.body.id, kept.body.id], { id })
  assert.equal((await post(desk, `families/${familyId}/facts`, act)).status, 200)
  const again = await post(desk, `families/${familyId}/facts`, act)
  assert.equal(again.status, 200, 'sent twice')
  const history = (await call<HistoryChange[]>(desk, 'GET', `families/${familyId}/history`)).body
  const change = history.find((one) => one.changeId === id)
  assert.deepEqual(
    [change?.evidence, change?.files],
    [1, [{ id: kept.body.id, familyId, name: 'akta kematian.jpg', mediaType: 'image/jpeg', bytes: kept.body.bytes }]],
  )

  const looks = () => sql(`select 1 from audit_entry where act = 'look' and subject = 'family_evidence'`)
  const small = await look(desk, familyId, kept.body.id, '?thumbnail=true')
  assert.deepEqual([small.statusCode, small.headers['content-type'], (await looks()).length], [200, 'image/webp', 0])
  const whole = await look(desk, familyId, kept.body.id)
  assert.deepEqual([whole.statusCode, (await looks()).length], [200, 1])
  assert.ok((await sharp(photo).metadata()).exif, 'it was there')
  assert.equal((await sharp(whole.rawPayload).metadata()).exif, undefined)

  assert.equal((await look(colleague, familyId, kept.body.id)).statusCode, 403, 'a colleague opens the family first')
  assert.equal((await look(newHome, familyId, kept.body.id)).statusCode, 404)
  await open(colleague, familyId)
  assert.equal((await look(colleague, familyId, kept.body.id)).statusCode, 200)
})

test('an act names no file of another family, of another officer, or of nobody', async () => {
  const one = await registered()
  const other = await registered(desk, { family: {} }, [{ name: 'Suminah', relationship: 'head' }])
  for (const who of [desk, colleague]) for (const { familyId } of [one, other]) await open(who, familyId)
  const mine = (await handIn(desk, one.familyId)).body.id
  const theirs = (await handIn(colleague, one.familyId)).body.id
  const elsewhere = (await handIn(desk, other.familyId)).body.id
  const refused = async (url: string, body: object) => {
    const answer = await call<Answer>(desk, 'POST', url, body)
    assert.deepEqual([answer.status, faults(answer)], [400, ['evidence unknown']], url)
  }
  for (const id of [theirs, elsewhere, uuid()]) await refused(`families/${one.familyId}/facts`, facts([mine, id]))
  const living = (await opened(desk, one.familyId)).members
  const [head, child] = living
  const with_ = { ...paper, evidence: [elsewhere] }
  for (const [name, body] of [
    ['members', { kind: 'moved_in', person: { name: 'Tarsih' } }],
    ['deaths', { personId: child?.id }],
    ['leavings', { kind: 'moved_out', personId: child?.id }],
    ['moves', { regionCode: village, address: 'Gang Kamboja' }],
    ['head', { headId: child?.id }],
    ['payee', { payeeId: child?.id }],
    ['person-facts', { kind: 'surveyed', personId: child?.id, facts: { work: 'buruh' } }],
    ['corrections', { subjectId: head?.id, seq: 1 }],
    ['take-backs', { changeId: uuid() }],
    ['splits', { members: [child?.id], headId: child?.id, family: {} }],
    ['joins', { fromFamilyId: other.familyId }],
  ] as const)
    await refused(`families/${one.familyId}/${name}`, { ...with_, ...body })
  const move = {
    id: uuid(),
    effectiveOn: '2026-05-01',
    reason: 'Sudah mampu menurut musyawarah',
    evidence: [elsewhere],
  }
  await refused(`families/${one.familyId}/graduate`, { ...move, kind: 'graduated_natural' })
  await refused('families', {
    ...with_,
    regionCode: village,
    family: {},
    members: [{ name: 'A', relationship: 'head' }],
  })

  // What an act has named belongs to the family: whoever opened it may name it again.
  assert.equal((await call(colleague, 'POST', `families/${one.familyId}/facts`, facts([theirs]))).status, 200)
  assert.equal((await post(desk, `families/${one.familyId}/facts`, facts([mine, theirs]))).status, 200)
})

test('where proof is asked for, graduation names so many files of the family', async () => {
  const { familyId } = await registered()
  await open(checker, familyId)
  const file = (await handIn(checker, familyId)).body.id
  await sql(
    `insert into register_term (key, valid_from, amount, unit, source) values ('move_evidence', '2026-05-31', 2, 'count', 'uji')`,
  )
  const move = {
    id: uuid(),
    kind: 'graduated_natural',
    effectiveOn: '2026-05-01',
    reason: 'Sudah mampu menurut musyawarah',
  }
  const once = await call<Answer>(checker, 'POST', `families/${familyId}/graduate`, { ...move, evidence: [file] })
  assert.deepEqual(faults(once), ['evidence minItems'])
  const two = [file, (await handIn(checker, familyId, photo, 'surat.jpg')).body.id]
  assert.equal((await call(checker, 'POST', `families/${familyId}/graduate`, { ...move, evidence: two })).status, 200)
})

test('files go with the family to its new home', async () => {
  const { familyId } = await registered()
  await open(desk, familyId)
  const file = (await handIn(desk, familyId)).body.id
  const moved = await post(desk, `families/${familyId}/moves`, {
    ...paper,
    regionCode: newHome.actor.regionCode,
    evidence: [file],
  })
  assert.equal(moved.status, 200, JSON.stringify(moved.body))
  assert.equal((await look(newHome, familyId, file)).statusCode, 403)
  await open(newHome, familyId)
  assert.equal((await look(newHome, familyId, file)).statusCode, 200)
  assert.equal((await look(desk, familyId, file)).statusCode, 404, 'it is no longer theirs to see')
})

test('what is no photo or PDF is refused by name, and nobody hands in without end', async () => {
  const { familyId } = await registered()
  await open(desk, familyId)
  assert.deepEqual(faults(await handIn(desk, familyId, Buffer.from('<script>alert(1)</script>'))), [
    'file file_type_not_allowed',
  ])
  await sql(
    `insert into family_evidence (id, family_id, region_code, file_id, name, media_type, bytes, by_account)
     select gen_random_uuid(), $1, $2, 'x', 'foto.jpg', 'image/jpeg', 1, $3 from generate_series(1, 30)`,
    [familyId, village, desk.actor.accountId],
  )
  assert.deepEqual(
    [(await handIn(desk, familyId)).body.code, (await handIn(colleague, familyId)).body.code],
    ['too_many_files_added', 'open_first'],
  )
})

test('when somebody who left long ago is erased, what was handed in about them goes', async () => {
  const { familyId } = await registered()
  const { members } = await opened(desk, familyId)
  const gone = members.find((one) => one.name === 'Adi')
  const file = (await handIn(desk, familyId)).body.id
  const stays = (await handIn(desk, familyId, photo, 'rumah.jpg')).body.id
  assert.equal((await post(desk, `families/${familyId}/facts`, facts([stays]))).status, 200)
  const died = await post(desk, `families/${familyId}/deaths`, { ...paper, personId: gone?.id, evidence: [file] })
  assert.equal(died.status, 200, JSON.stringify(died.body))
  const left = () =>
    sql<{ id: string }>('select id from family_evidence where family_id = $1', [familyId]).then((rows) =>
      rows.map((row) => row.id).toSorted(),
    )
  assert.deepEqual(await left(), [file, stays].toSorted())
  await db.asSystem('test: erase', (tx) =>
    tx.selectNoFrom((eb) => eb.fn('erase_left', [eb.val('2026-06-02')]).as('n')).execute(),
  )
  assert.deepEqual(await left(), [stays])
})
