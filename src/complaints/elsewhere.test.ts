import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { db } = await testDatabase({ clock: () => new Date('2026-11-06T02:00:00Z') })
const app = await testApp(db)
const village = '32.75.01.1002'
type Ticket = { number: string; secret: string }

async function file(url: string, payload: object): Promise<Ticket> {
  const answer = await app.inject({ method: 'POST', url: `/api/${url}`, payload, remoteAddress: '198.51.100.7' })
  assert.ok(answer.statusCode < 300, answer.body)
  return answer.json<Ticket>()
}
const track = async (ticket: Ticket, remoteAddress: string) => {
  const headers = { 'x-tracking': `${ticket.number} ${ticket.secret}` }
  const answer = await app.inject({ url: '/api/tracking', headers, remoteAddress })
  return [answer.statusCode, answer.json<{ code?: string }>().code]
}

test('a number of a proposal or of a request for data is known where complaints are followed, by its secret only, and is no guess', async () => {
  const proposal = await file('proposals', {
    regionCode: village,
    kind: 'enrol',
    reason: 'Ibu Sumiati janda dengan tiga anak, belum pernah didata.',
    members: [{ name: 'Sumiati' }],
    proposer: { name: 'Sumiati', nik: '9999015708859001' },
  })
  const request = await file('rights/requests', {
    kind: 'access',
    regionCode: village,
    name: 'Ratna',
    nik: '9999014108859001',
  })
  for (let turn = 0; turn < 12; turn++) {
    assert.deepEqual(await track(proposal, '203.0.113.1'), [404, 'number_of_proposal'])
    assert.deepEqual(await track(request, '203.0.113.1'), [404, 'number_of_data_request'])
  }
  // The secret of another number opens nothing, and every such try counts.
  const codes = []
  for (let turn = 0; turn < 12; turn++)
    codes.push(await track({ number: request.number, secret: proposal.secret }, '203.0.113.2'))
  assert.deepEqual(
    [codes[0], codes.at(-1)],
    [
      [404, 'not_found'],
      [429, 'too_many_requests'],
    ],
  )
  assert.deepEqual(await track(request, '203.0.113.2'), [429, 'too_many_requests'], 'who guesses waits here too')
})
