import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { makeRound } from '#test/support/rounds.ts'

const { db, sql } = await testDatabase({ clock: () => new Date('2026-11-18T02:00:00Z') })
const app = await testApp(db)

test('the last day of a round is that of the village: in the east 08.00 of the day after is still the day before in Greenwich', async () => {
  const villages = await sql<{ code: string }>(
    `select code from region where tier = 'village' and code like '92.02.%' and time_zone = 'Asia/Jayapura' order by code limit 2`,
  )
  const round = await makeRound(sql, {
    region: '92.02',
    state: 'planned',
    families: villages.map(({ code }) => ({ village: code, state: 'open' })),
  })
  await sql(`update distribution_round set opens_on = '2026-11-20', closes_on = '2026-11-23' where id = $1`, [round.id])
  const head = await signedIn(db, { role: 'supervisor', regionCode: '92.02', name: 'Yosina' })
  const schedule = (perDay: number) =>
    app.inject({
      method: 'POST',
      url: `/api/rounds/${round.id}/schedule`,
      headers: { cookie: head.cookie },
      payload: { startsAt: '2026-11-23T08:00', endsAt: '2026-11-23T12:00', perDay },
    })
  const late = await schedule(1)
  assert.equal(late.statusCode, 400, late.body)
  assert.equal(late.json<{ errors: { field: string; code: string }[] }>().errors[0]?.code, 'after_last_day')
  const fits = await schedule(2)
  assert.deepEqual([fits.statusCode, fits.json<{ stops: number }>().stops], [200, 2], fits.body)
})
