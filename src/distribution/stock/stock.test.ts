import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { handingOver } from '#test/support/handing-over.ts'
import { type Movements, type Stock, type StockColumn, stockColumns } from './schema.ts'

const { village, desk, stranger, call, ok, openRound, redemption, send, pillar } = await handingOver()

test('every number of the stock is the sum of the movements behind it, by place and together', async () => {
  const round = await openRound(4)
  const url = `/rounds/${round.id}/stock`
  const { places } = await ok<Stock>(desk, 'POST', `${url}/places`, { regionCode: village, name: 'Gudang kelurahan' })
  const store = places[0]?.id ?? ''
  const move = (given: object) =>
    ok(desk, 'POST', `${url}/movements`, { id: uuid(), item: 'beras', quantity: 10, on: '2026-11-20', ...given })
  for (let at = 0; at < 52; at++) await move({ kind: 'received', to: store, quantity: 2 })
  await move({ kind: 'moved', from: store, toStop: round.stop.id, quantity: 60 })
  await move({ kind: 'damaged', from: store, quantity: 5, note: 'karung basah' })
  await move({ kind: 'returned', from: store, quantity: 30 })
  await send(pillar, round, redemption(round, { familyId: round.list.families[0]?.id ?? '' }))

  const sumOf = async (column: StockColumn, place: string | null) => {
    let sum = 0
    for (let after = ''; ;) {
      const query = `item=beras&column=${column}${place ? `&place=${place}` : ''}${after}`
      const page = await ok<Movements>(desk, 'GET', `${url}/movements?${query}`)
      for (const one of page.items) {
        const into =
          one.kind === 'received' || (one.kind === 'moved' && one.to?.startsWith(nameOf.get(place ?? '') ?? '-'))
        const within = place === null && one.kind === 'moved'
        sum += column !== 'balance' ? one.quantity : within ? 0 : into ? one.quantity : -one.quantity
      }
      if (page.next === null) return sum
      after = `&after=${page.next}`
    }
  }
  const stock = await ok<Stock>(desk, 'GET', url)
  const nameOf = new Map(stock.places.map((one) => [one.id, one.name]))
  let some = 0
  for (const [place, items] of [
    [null, stock.items] as const,
    ...stock.places.map((one) => [one.id, one.items] as const),
  ])
    for (const column of stockColumns) {
      assert.equal(await sumOf(column, place), items[0]?.[column], `${column} of ${place}`)
      some += items[0]?.[column] ? 1 : 0
    }
  assert.ok(some > 10, `${some} numbers`)
  // Not another column: what came in is not what was handed out.
  assert.notEqual(await sumOf('received', null), stock.items[0]?.handedOut)
  assert.equal((await call(stranger, 'GET', `${url}/movements?item=beras&column=balance`)).status, 403)
  assert.equal((await call(desk, 'GET', `${url}/movements?item=beras&column=size`)).status, 400)
})
