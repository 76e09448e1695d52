import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerDesk } from '#test/support/register-desk.ts'
import type { HistoryChange } from './schema.ts'

const { db } = await testDatabase({ clock: () => new Date('2026-06-01T03:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
const desk = await signedIn(db, { role: 'officer', regionCode: village, name: 'Sari Wulandari' })
const colleague = await signedIn(db, { role: 'officer', regionCode: village, name: 'Tono Hartadi' })
const city = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna Dewi' })
const { call, post, registered, open } = registerDesk(app, desk)

test('who checked is named to their own office and to whoever supervises it, and to nobody below', async () => {
  const { familyId } = await registered()
  for (const who of [desk, colleague, city]) await open(who, familyId)
  const checked = async (by: SignedIn, address: string) => {
    const act = { kind: 'income_fell', source: 'village', effectiveOn: '2026-05-01', facts: { address } }
    const made = await post(desk, `families/${familyId}/facts`, act)
    assert.equal(made.body.state, 'reported', JSON.stringify(made.body))
    assert.equal((await call(by, 'POST', `changes/${made.body.id}/check`, { accept: true })).status, 200)
    return made.body.id
  }
  const [here, above] = [await checked(colleague, 'Gang Kenanga 1'), await checked(city, 'Gang Kenanga 2')]
  const namesTo = async (who: SignedIn) => {
    const history = (await call<HistoryChange[]>(who, 'GET', `families/${familyId}/history`)).body
    return [here, above].map((id) => history.find((one) => one.changeId === id)?.checkedBy)
  }
  assert.deepEqual(await namesTo(desk), ['Tono Hartadi', null])
  assert.deepEqual(await namesTo(city), ['Tono Hartadi', 'Ratna Dewi'])
})
