import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Role } from '#src/platform/db/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

/*
 * Over a generated tree of regions and offices: whoever asks, through whatever route, sees and changes exactly what a
 * statement of the rule, written here without the code's help, allows. The rule:
 *   officers and supervisors of a social office: cases of their region; confidential ones only where their office is or was responsible
 *   officers of another agency: cases their office is or was responsible for
 *   pillars: what they filed; auditors: cases of their region; administrators: none
 *   changes: only by the office responsible now (or the sender of an open referral, which there is none of here)
 */

const { db, sql } = await testDatabase()
const app = await testApp(db)

// Two provinces with regencies of each, down to villages; drawn from the tree, not chosen by hand.
const regions = (
  await sql<{ code: string }>(
    `select code from region where code ~ '^(00|32|36|33|32\\.75|33\\.13|36\\.73)$' or code like '32.75.01%' or code like '32.75.04%' or code like '33.13.09%' or code like '36.73.01%' order by md5(code)`,
  )
).map((row) => row.code)
const villages = regions.filter((code) => code.length === 13)
const within = (code: string, region: string) => region === '00' || code === region || code.startsWith(`${region}.`)

type Filed = {
  id: string
  region: string
  office: string
  confidential: boolean
  filedBy: string | null
  number: string
}
const cases: Filed[] = []
const pillar = new Map<string, SignedIn>()
// Everybody has somebody at work, so that cases stay where they are filed.
for (const code of villages.slice(0, 14)) await signedIn(db, { role: 'officer', regionCode: code })
for (const [index, code] of villages.slice(0, 14).entries())
  for (const confidential of [false, true]) {
    const who =
      index % 3 === 0 ? (pillar.get(code) ?? (await signedIn(db, { role: 'pillar', regionCode: code }))) : null
    if (who) pillar.set(code, who)
    const res = await app.inject({
      method: 'POST',
      url: '/api/complaints',
      headers: who ? { cookie: who.cookie } : {},
      payload: {
        regionCode: code,
        class: 'complaint',
        matter: 'delivery.late',
        body: `Kalimat rahasia tentang bantuan yang terlambat di ${code} ${confidential ? 'tertutup' : 'terbuka'}`,
        confidential,
        complainant: { name: `Nama Rahasia ${index}`, nik: '9999015708859001', phone: '081200009001' },
      },
    })
    assert.equal(res.statusCode, 201, res.body)
    const filed = res.json<{ id: string; number: string; office: { id: string } }>()
    cases.push({
      id: filed.id,
      number: filed.number,
      region: code,
      office: filed.office.id,
      confidential,
      filedBy: who?.accountId ?? null,
    })
  }

type Asker = SignedIn & { role: Role; regionCode: string; office: string | null }
const asker = async (role: Role, regionCode: string, agency = 'social'): Promise<Asker> => {
  const one =
    role === 'pillar'
      ? (pillar.get(regionCode) ?? (await signedIn(db, { role, regionCode })))
      : await signedIn(db, { role, regionCode, agency })
  return {
    ...one,
    role,
    regionCode,
    office: role === 'officer' || role === 'supervisor' ? `${regionCode}/${agency}` : null,
  }
}

function maySee(who: Asker, one: Filed): boolean {
  if (who.role === 'administrator') return false
  if (!within(one.region, who.regionCode)) return false
  if (who.role === 'auditor') return true
  if (who.role === 'pillar') return one.filedBy === who.accountId
  if (!who.office?.endsWith('/social')) return one.office === who.office
  return !one.confidential || one.office === who.office
}
const holds = (who: Asker, one: Filed) =>
  (who.role === 'officer' || who.role === 'supervisor') && who.office === one.office && maySee(who, one)

const real = ({ role, regionCode, agency }: { role: Role; regionCode: string; agency: string }) =>
  agency === 'social' || (/^\d\d\.\d\d$/.test(regionCode) && role === 'officer')
/** Somebody anywhere or, half of the time, on the path above a case: else hardly anybody drawn would be one who may. */
const askerNear = (one: Filed) =>
  fc
    .record({
      role: fc.constantFrom<Role>('officer', 'officer', 'supervisor', 'pillar', 'auditor', 'administrator'),
      regionCode: fc.oneof(
        fc.constantFrom(...regions),
        fc.constantFrom(one.region, one.region, one.region.slice(0, 8), one.region.slice(0, 5), '00'),
      ),
      agency: fc.constantFrom('social', 'social', 'social', 'health'),
    })
    .filter(real)
const draw = fc.constantFrom(...cases).chain((one) => fc.record({ one: fc.constant(one), who: askerNear(one) }))

/** Nothing of a case that may not be seen stands in an answer. */
const reveals = (body: string, one: Filed) =>
  body.includes(one.id) ||
  body.includes(one.number) ||
  body.includes(`terlambat di ${one.region} ${one.confidential ? 'tertutup' : 'terbuka'}`)

test('lists, searches, counts and exports hold what the rule allows, and all of it', async () => {
  let seen = 0
  let hidden = 0
  await fc.assert(
    fc.asyncProperty(draw, async ({ who: { role, regionCode, agency } }) => {
      const who = await asker(role, regionCode, agency)
      for (const url of [
        '/api/complaints?view=region&status=all&limit=200',
        '/api/complaints?view=region&status=all&q=rahasia&limit=200',
      ]) {
        const res = await app.inject({ url, headers: { cookie: who.cookie } })
        assert.ok(res.statusCode === 200 || res.statusCode === 403, `${url} ${res.statusCode}`)
        for (const one of cases) {
          const there: boolean =
            res.statusCode === 200 && res.json<{ items: { id: string }[] }>().items.some((item) => item.id === one.id)
          assert.equal(
            there,
            maySee(who, one),
            `${role} of ${regionCode} (${agency}), ${url}, case in ${one.region}${one.confidential ? ', confidential' : ''}`,
          )
          if (there) seen++
          else {
            hidden++
            assert.ok(!reveals(res.body, one))
          }
        }
      }
      for (const format of ['csv', 'xlsx']) {
        const res = await app.inject({
          url: `/api/complaints/export?format=${format}&view=region&status=all`,
          headers: { cookie: who.cookie },
        })
        assert.ok(res.statusCode < 500)
        if (format === 'csv')
          for (const one of cases)
            if (!maySee(who, one)) assert.ok(!res.body.includes(one.number), `export of ${role} ${regionCode}`)
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
  assert.ok(seen > 100 && hidden > 100, `${seen} seen, ${hidden} hidden: both must happen`)
})

/** Every route with a case in its address, read from the document, so that a new one is tested without being named here. */
const document = app.swagger() as { paths: Record<string, Record<string, unknown>> }
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  path.startsWith('/api/complaints/{id}')
    ? Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() }))
    : [],
)

const bodies: Record<string, object> = {
  'ask-completion': { body: 'Mohon dilengkapi' },
  assign: { assigneeId: null },
  answer: { body: 'Sudah selesai' },
  'refer-up': { reason: 'Perlu tingkat atas' },
  'refer-sideways': { toOffice: '32.75/health', reason: 'Perlu dinas lain' },
  'send-down': { toOffice: '32.75.01.1002/social', reason: 'Kembali ke bawah' },
  decline: { reason: 'Bukan kami' },
  revoke: { reason: 'Kami tarik' },
  reject: { reason: 'Tidak benar' },
  join: { toId: cases[0]?.id ?? '' },
  separate: { reason: 'Berbeda' },
  close: { reason: 'Selesai' },
  note: { body: 'Catatan' },
  recommend: { act: 'answer', body: 'Jawab' },
  return: { body: 'Perbaiki' },
  'return-answer': { reason: 'Kurang' },
  reclassify: { class: 'information', matter: 'delivery.late', programmeCode: null, reason: 'Salah kelas' },
  reply: { body: 'Kabar' },
  reveal: { seq: 0, field: 'nik', reason: 'Mencocokkan' },
  letters: { kind: 'answer' },
}

test('no route shows or changes a case outside the rule', async () => {
  assert.ok(routes.length > 20, `${routes.length} routes with a case in their address`)
  let shown = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      draw,
      fc.shuffledSubarray(routes, { minLength: 6, maxLength: 9 }),
      async ({ one, who: { role, regionCode, agency } }, some) => {
        const who = await asker(role, regionCode, agency)
        const before = await stateOf(one.id)
        for (const { path, method } of [{ path: '/api/complaints/{id}', method: 'GET' }, ...some]) {
          const verb = path.split('/').at(-1) ?? ''
          const url = path.replace('{id}', one.id).replace(/\{\w+\}/g, () => crypto.randomUUID())
          const res = await app.inject({
            method: method as 'GET',
            url,
            headers: { cookie: who.cookie },
            ...(method === 'POST' && { payload: bodies[verb] ?? {} }),
          })
          const name = `${role} of ${regionCode} (${agency}) ${method} ${path} on a case of ${one.office}`
          assert.ok(res.statusCode < 500, `${name}: ${res.statusCode} ${res.body}`)
          if (!maySee(who, one)) {
            assert.ok([403, 404, 400, 415].includes(res.statusCode), `${name}: ${res.statusCode}`)
            assert.ok(!res.body.includes(one.number) && !res.body.includes('Nama Rahasia'), name)
            refused++
          } else if (method === 'GET' && path === '/api/complaints/{id}') {
            assert.equal(res.statusCode, 200, name)
            assert.equal(
              res.body.includes('Nama Rahasia'),
              who.office === one.office || one.filedBy === who.accountId,
              `${name}: the name`,
            )
            assert.ok(!res.body.includes('9999015708859001'), `${name}: a full NIK`)
            shown++
          }
          if (res.statusCode < 300 && method !== 'GET')
            assert.ok(
              holds(who, one) || ['note', 'reply', 'attachments'].includes(verb),
              `${name} changed a case of another office`,
            )
        }
        if (!maySee(who, one)) assert.deepEqual(await stateOf(one.id), before, 'what cannot be seen was changed')
        // The office's own people may have moved it on: it goes back, so that the rule above stays true for the next.
        await restore(one)
      },
    ),
    { numRuns: 70, endOnFailure: true },
  )
  assert.ok(shown > 10 && refused > 100, `${shown} shown, ${refused} refused`)
})

test('looking as the owner: the cases nobody saw are there', async () => {
  const [row] = await sql<{ n: number }>('select count(*)::int n from complaint')
  assert.equal(row?.n, cases.length)
})

const stateOf = async (id: string) =>
  (await sql(`select state, office_id, version, last_seq from complaint where id = $1`, [id]))[0]

/** One transaction of several statements; the values are our own ids and codes. */
async function restore({ id, office }: Filed) {
  await sql(`begin;
    update disposition set ended_at = now() where complaint_id = '${id}' and ended_at is null and office_id <> '${office}';
    insert into disposition (complaint_id, seq, office_id, why, by_role)
      select id, last_seq + 1000, '${office}', 'revoked', 'system' from complaint where id = '${id}' and office_id <> '${office}';
    update referral set status = 'revoked', answered_at = now() where complaint_id = '${id}' and status = 'offered';
    update recommendation set status = 'overtaken' where complaint_id = '${id}' and status = 'proposed';
    update complaint set office_id = '${office}', offices = array['${office}'], office_tier = 'village', state = 'received', joined_to = null,
      joined_count = 0, last_seq = last_seq + 2000 where id = '${id}';
    commit`)
}
