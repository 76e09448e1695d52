import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Role, roles } from '#src/platform/db/index.ts'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment, signedIn } from '#test/support/accounts.ts'
import { jar } from '#test/support/jar.ts'

/*
 * Administrators over a tree of regions: what any of them sees or does through any route, against the rule said once
 * more in other words (by counting levels of the tree, not by ranges of codes).
 */
const tree = [
  '00',
  '32',
  '32.75',
  '32.75.04',
  '32.75.04.1001',
  '32.75.04.1002',
  '32.75.05',
  '32.76',
  '33',
  '33.13',
  '33.13.01',
  '36',
]
const levels = (code: string) => (code === '00' ? [] : code.split('.'))
const isAt = (code: string, above: string) => levels(above).every((part, i) => levels(code)[i] === part)
const isStrictlyUnder = (code: string, above: string) => isAt(code, above) && levels(code).length > levels(above).length
const mayName = (admin: string, role: Role, region: string) =>
  role === 'administrator' || role === 'auditor'
    ? isStrictlyUnder(region, admin) || admin === '00'
    : isAt(region, admin)

const { app, db, sql } = await accessApp()
const admins = new Map<string, { browser: ReturnType<typeof jar>; accountId: string }>()
for (const code of tree) {
  const who = await signedIn(app, { role: 'administrator', regionCode: code, name: `Admin ${code}` })
  admins.set(code, { browser: jar(app, { cookie: who.cookie }), accountId: who.accountId })
}
const get = (code: string) => admins.get(code) ?? assert.fail()

const Code = fc.constantFrom(...tree)
const Acting = fc.array(fc.record({ role: fc.constantFrom(...roles), region: Code }), { maxLength: 3 })

test('an administrator reaches exactly what the rule says, through every route', async () => {
  let reached = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(Code, Code, Acting, fc.constantFrom(...roles), Code, async (admin, home, acting, role, region) => {
      const { browser } = get(admin)
      const id = await makeAccount(db, { regionCode: home })
      for (const one of acting) await makeAssignment(db, { accountId: id, role: one.role, regionCode: one.region })
      const sees = isAt(home, admin)
      const manages = sees && acting.every((one) => mayName(admin, one.role, one.region))
      const expected = (may: boolean, done: number) => (!sees ? 404 : may ? done : 403)
      const what = `admin of ${admin}; account of ${home} acting ${JSON.stringify(acting)}`

      const seen = await browser.get(`/api/accounts/${id}`)
      assert.equal(seen.statusCode, sees ? 200 : 404, what)
      const listed = (await browser.get(`/api/accounts?limit=100&regionCode=${home}`)).json().items as { id: string }[]
      assert.equal(
        listed.some((one) => one.id === id),
        sees,
        what,
      )
      if (sees) {
        assert.equal(seen.json().can.resetPassword, manages, what)
        for (const one of seen.json().assignments)
          assert.ok(isAt(one.regionCode, admin), 'assignments elsewhere are not shown')
      }

      const body = { role, regionCode: region, ...(role === 'pillar' && { pillarKind: 'lks' }) }
      const given = await browser.post(`/api/accounts/${id}/assignments`, body)
      const gives = mayName(admin, role, region)
      if (given.statusCode !== 409)
        assert.equal(given.statusCode, expected(gives, 201), `${what}; gives ${role} in ${region}`)
      if (given.statusCode === 201) {
        const ended = await browser.post(`/api/accounts/${id}/assignments/${given.json().assignmentId}/end`)
        assert.equal(ended.statusCode, 204)
      }
      for (const [url, done, payload] of [
        ['password', 200],
        ['second-factor/reset', 204],
        ['sessions/end', 200],
        ['activation', 204, { active: false }],
      ] as const)
        assert.equal(
          (await browser.post(`/api/accounts/${id}/${url}`, payload)).statusCode,
          expected(manages, done),
          `${url}: ${what}`,
        )
      // Not vacuous: the row is there, and is as the answer said.
      const [row] = await sql<{ active: boolean }>('select active from account where id = $1', [id])
      assert.equal(row?.active, !manages)
      if (manages) reached++
      else refused++

      const made = await browser.post('/api/accounts', { username: `baru-${id}`, name: 'Baru', homeRegionCode: region })
      assert.equal(made.statusCode, isAt(region, admin) ? 201 : 403, `admin of ${admin} makes an account in ${region}`)
    }),
    { numRuns: 60 },
  )
  assert.ok(reached > 2 && refused > 10, `both sides were tried: ${reached} and ${refused}`)
})

test('other roles reach no account but their own, and no route of administrators', async () => {
  const id = await makeAccount(db, { regionCode: '32.75' })
  for (const role of roles) {
    if (role === 'administrator') continue
    const who = await signedIn(app, { role, regionCode: '00' })
    const browser = jar(app, { cookie: who.cookie })
    assert.equal((await browser.get('/api/me')).statusCode, 200)
    for (const url of ['/api/accounts', `/api/accounts/${id}`, '/api/accounts/givable?regionCode=32.75'])
      assert.equal((await browser.get(url)).statusCode, 403, `${role} ${url}`)
    for (const url of ['/api/accounts', `/api/accounts/${id}/password`, `/api/accounts/${id}/assignments`])
      assert.equal((await browser.post(url, {})).statusCode, 403, `${role} ${url}`)
    const rows = await db.as(who.actor, (tx) => tx.selectFrom('account').select('id').execute())
    assert.deepEqual(
      rows.map((one) => one.id),
      [who.accountId],
    )
    await assert.rejects(
      db.as(who.actor, (tx) => tx.selectFrom('account').select('password_hash').execute()),
      { code: '42501' },
    )
    const sessions = await db.as(who.actor, (tx) => tx.selectFrom('session').select('account_id').execute())
    assert.deepEqual(sessions, [{ account_id: who.accountId }], 'no session of others')
    const raised = await db.as(who.actor, (tx) =>
      tx.updateTable('account').set({ active: true, home_region_code: '00' }).execute(),
    )
    assert.equal(raised[0]?.numUpdatedRows, 0n, 'nobody raises themselves')
  }
  const [found] = await sql<{ accounts: number; sessions: number }>(
    'select count(*) accounts, (select count(*) from session) sessions from account',
  )
  assert.ok(found && found.accounts > 20 && found.sessions > 10, 'there was something to see')
})
