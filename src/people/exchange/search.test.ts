import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { aFamily, aPerson, askRegistry, testConsumer, writeFamilies } from '#test/support/exchange.ts'
import { asExpression, familyIn, holds, leaf, type Node, tree } from '#test/support/exchange-queries.ts'
import { testDatabase } from '#test/support/postgres.ts'

const now = new Date('2026-11-23T02:00:00Z')
const database = await testDatabase({ clock: () => now })
const { db, sql } = database
const app = await buildApp({ db, files: {} as FileStore, baseUrl: 'http://localhost', secret: Buffer.alloc(32, 7) })
after(() => app.close())

const ask = askRegistry.bind(null, app)
const idOf = (record: Record<string, unknown>) => String(record['@id']).replace('urn:uuid:', '')

const villages = await sql<{ code: string }>(
  `select code from region where tier = 'village' and (code like '32.75%' or code like '33.13%') order by code`,
)
const places = ['32.75', '33.13'].flatMap((regency) =>
  villages
    .filter((one) => one.code.startsWith(regency))
    .slice(0, 3)
    .map((one) => one.code),
)

const families = fc.sample(familyIn(places), { numRuns: 60, seed: 20261123 })
await writeFamilies(sql, families)

const expected = (node: Node, entity: 'Group' | 'Member', regency: string): string[] =>
  families
    .filter((one) => one.region_code.startsWith(regency))
    .flatMap((one) =>
      entity === 'Group'
        ? one.status === 'active' && holds(node, one, null)
          ? [one.id]
          : []
        : one.members.filter((each) => each.status === 'active' && holds(node, one, each)).map((each) => each.id),
    )
    .toSorted()

const consumer = await testConsumer(database)

test('an expression finds what a naive reading of it finds, groups and members', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom('Group' as const, 'Member' as const), async (node, entity) => {
      const [answer] = await ask(consumer, {
        query_type: 'expression',
        response_entity: entity,
        query: {
          type: 'ns:org:QueryType:expression',
          value: { expression: { collection: entity, query: asExpression(node) } },
        },
      })
      assert.equal(answer?.status, 'succ')
      assert.deepEqual(answer.records.map(idOf).toSorted(), expected(node, entity, '32.75'))
      found += answer.records.length
    }),
    { numRuns: 40 },
  )
  assert.ok(found > 60, `${found} found: not vacuous`)
})

test('predicates find what a naive reading of them finds', async () => {
  const item = fc.record({
    first: leaf,
    second: fc.option(leaf, { nil: undefined }),
    condition: fc.constantFrom('and' as const, 'or' as const, 'not' as const, undefined),
  })
  const side = (node: Node) =>
    'name' in node
      ? { attribute_name: node.name, operator: node.operator, attribute_value: node.more ?? node.value }
      : {}
  let found = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(item, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('Group' as const, 'Member' as const),
      async (items, entity) => {
        let whole: Node | undefined
        let next: 'and' | 'or' = 'and'
        for (const { first, second, condition } of items) {
          const node: Node = second
            ? condition === 'not'
              ? { all: [first, { not: second }] }
              : condition === 'or'
                ? { any: [first, second] }
                : { all: [first, second] }
            : condition === 'not'
              ? { not: first }
              : first
          whole = whole ? (next === 'or' ? { any: [whole, node] } : { all: [whole, node] }) : node
          next = !second && condition === 'or' ? 'or' : 'and'
        }
        assert.ok(whole)
        const list = items.map(({ first, second, condition }, index) => ({
          seq_num: index + 1,
          expression1: side(first),
          ...(condition && { condition }),
          ...(second && { expression2: side(second) }),
        }))
        const [answer] = await ask(consumer, {
          query_type: 'predicate',
          response_entity: entity,
          query: list.toReversed(),
        })
        assert.equal(answer?.status, 'succ')
        assert.deepEqual(answer.records.map(idOf).toSorted(), expected(whole, entity, '32.75'))
        found += answer.records.length
      },
    ),
    { numRuns: 50 },
  )
  assert.ok(found > 50)
})

test('an identifier finds the one it belongs to, a group by any of its members, and nothing elsewhere', async () => {
  const here = families.filter((one) => one.region_code.startsWith('32.75') && one.status === 'active')
  const there = families.filter((one) => one.region_code.startsWith('33.13'))
  const byUin = (value: unknown, entity?: string) => ({
    query_type: 'idtype-value',
    query: { type: 'UIN', value },
    ...(entity && { response_entity: entity }),
  })
  const someone = here.flatMap((one) =>
    one.members.filter((each) => each.nik && each.status === 'active').map((each) => ({ one, each })),
  )
  assert.ok(someone.length > 5)
  for (const { one, each } of someone.slice(0, 5)) {
    const [member, group, number] = await ask(
      consumer,
      byUin(each.nik, 'Member'),
      byUin(each.nik, 'Group'),
      byUin(Number(each.nik), 'Member'),
    )
    assert.deepEqual(member?.records.map(idOf), [each.id])
    assert.deepEqual(group?.records.map(idOf), [one.id])
    assert.equal(number?.status, Number.isSafeInteger(Number(each.nik)) ? 'succ' : 'rjct')
  }
  const foreign = there.flatMap((one) => one.members.map((each) => each.nik)).filter(Boolean)
  assert.ok(foreign.length > 2)
  const none = await ask(consumer, ...foreign.slice(0, 5).map((value) => byUin(value, 'Member')))
  assert.ok(none.every((one) => one.status === 'succ' && one.total === 0))
  const household = here.find((one) => one.kk_number && one.members.some((each) => each.status === 'active'))
  const [members] = await ask(consumer, {
    query_type: 'idtype-value',
    response_entity: 'Member',
    query: { type: 'HOUSEHOLD_ID', value: household?.kk_number },
  })
  assert.deepEqual(
    members?.records.map(idOf).toSorted(),
    household?.members
      .filter((each) => each.status === 'active')
      .map((each) => each.id)
      .toSorted(),
  )
})

test('sorted and in pages, every record comes exactly once, in order', async () => {
  const all = expected({ not: { name: 'group_size', operator: 'lt', value: 0 } }, 'Group', '32.75')
  for (const order of ['asc', 'desc']) {
    const pages: Record<string, unknown>[] = []
    for (let page = 1; page <= Math.ceil(all.length / 7) + 1; page++) {
      const [answer] = await ask(consumer, {
        query_type: 'expression',
        query: { group_size: { $gte: 0 } },
        sort: [{ attribute_name: 'poverty_score', sort_order: order }],
        pagination: { page_size: 7, page_number: page },
      })
      assert.equal(answer?.total, all.length)
      pages.push(...answer.records)
    }
    assert.deepEqual(pages.map(idOf).toSorted(), all)
    const scores = pages.map((one) => one['poverty_score']).filter((one) => typeof one === 'number')
    assert.ok(scores.length > 5)
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => (order === 'asc' ? a - b : b - a)),
    )
  }
})

test('each wrong part is rejected by its own code, and the others of the same message are answered', async () => {
  const good = { query_type: 'expression', query: { poverty_score: { $lt: 5 } } }
  const answers = await ask(
    consumer,
    good,
    { ...good, query_type: 'graphql' },
    { ...good, query: undefined },
    { ...good, query: { no_such_thing: { $eq: 1 } } },
    { ...good, query: { poverty_score: { $regex: 'x' } } },
    { ...good, query: { poverty_score: { $lt: 'low' } } },
    { ...good, sort: [{ attribute_name: 'nothing' }] },
    { ...good, sort: [{ attribute_name: 'poverty_score', sort_order: 'up' }] },
    { ...good, pagination: { page_size: 0 } },
    { ...good, pagination: { page_number: 1 } },
    { ...good, response_entity: 'Village' },
    { query_type: 'idtype-value', query: { type: 'PASSPORT', value: '1' } },
    {
      query_type: 'predicate',
      query: [{ seq_num: 1, expression1: { attribute_name: 'poverty_score', operator: 'like', attribute_value: 1 } }],
    },
    good,
  )
  assert.deepEqual(
    answers.map((one) => one.code ?? one.status),
    [
      'succ',
      'rjct.search_criteria.invalid',
      'rjct.search_criteria.invalid',
      'rjct.filter.invalid',
      'rjct.filter.invalid',
      'rjct.filter.invalid',
      'rjct.sort.invalid',
      'rjct.sort.invalid',
      'rjct.pagination.invalid',
      'rjct.pagination.invalid',
      'rjct.search_criteria.invalid',
      'rjct.filter.invalid',
      'rjct.filter.invalid',
      'succ',
    ],
  )
})

test('more records than may be given at once are refused', async () => {
  await sql(
    `insert into register_term (key, valid_from, amount, unit, source) values ('exchange_page', '2026-01-01', 3, 'count', 'test')`,
  )
  const query = { query_type: 'expression', query: { group_size: { $gte: 0 } } }
  const [all, page] = await ask(consumer, query, { ...query, pagination: { page_size: 100 } })
  await sql(`delete from register_term where key = 'exchange_page' and source = 'test'`)
  assert.equal(all?.code, 'rjct.search.too_many_records_found')
  assert.equal(page?.records.length, 3)
})

const keysOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(keysOf)
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => [key, ...keysOf(one)])
      : []

test('no row outside the regions and no field outside the agreement, whatever is asked', async () => {
  const everyKey: Record<string, string[]> = {
    'group.kk_number': [], // stands among the identifiers; looked for below
    'group.decile': ['poverty_score', 'poverty_score_type', 'poverty_score_source', 'poverty_score_period'],
    'group.group_size': ['group_size'],
    'group.members': ['member_list'],
    'group.address': ['rt', 'rw', 'street_address'],
    'member.name': ['name', 'given_name', 'surname'],
    'member.sex': ['sex'],
    'member.birth_date': ['birth_date'],
    'member.marital_status': ['marital_status'],
    'member.disabilities': ['is_disabled', 'disability_info'],
  }
  const names: Record<string, string> = {
    poverty_score: 'group.decile',
    group_size: 'group.group_size',
    address: 'group.address',
    age: 'member.birth_date',
    YOB: 'member.birth_date',
    DOB: 'member.birth_date',
    name: 'member.name',
    sex: 'member.sex',
    marital_status: 'member.marital_status',
  }
  const namesIn = (node: Node): string[] =>
    'all' in node
      ? node.all.flatMap(namesIn)
      : 'any' in node
        ? node.any.flatMap(namesIn)
        : 'not' in node
          ? namesIn(node.not)
          : [node.name]
  const fieldNames = Object.keys(everyKey).filter((one) => one !== 'member.disabilities')
  let given = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(fieldNames, { minLength: 1 }),
      fc.subarray(places, { minLength: 1, maxLength: 2 }),
      tree,
      fc.constantFrom('Group' as const, 'Member' as const),
      async (fields, regions, node, entity) => {
        const limited = await testConsumer(database, { fields, regions })
        const [answer] = await ask(limited, {
          query_type: 'expression',
          response_entity: entity,
          query: asExpression(node),
        })
        const allowed = namesIn(node).every((name) => fields.includes(names[name] ?? ''))
        if (!allowed) {
          refused++
          assert.equal(answer?.code, 'rjct.filter.invalid')
          return
        }
        assert.equal(answer?.status, 'succ')
        const whole = regions.flatMap((region) => expected(node, entity, region)).toSorted()
        assert.deepEqual(answer.records.map(idOf).toSorted(), whole)
        const keys = new Set(keysOf(answer.records))
        for (const [field, words] of Object.entries(everyKey))
          if (!fields.includes(field))
            assert.deepEqual(
              words.filter((word) => keys.has(word)),
              [],
              field,
            )
        const text = JSON.stringify(answer.records)
        if (!fields.includes('group.kk_number')) assert.ok(!text.includes('HOUSEHOLD_ID'))
        assert.ok(!text.includes('"UIN"'))
        given += answer.records.length
      },
    ),
    { numRuns: 40 },
  )
  assert.ok(given > 20 && refused > 5, `${given} given, ${refused} refused: not vacuous`)
})

test('sealed data only under an agreement with words of its own about it', async () => {
  const blind = aPerson({ name: 'Wati', disabilities: ['visual'] })
  await writeFamilies(sql, [aFamily({ region_code: places[0] ?? '', members: [blind] })])
  const query = { query_type: 'expression', response_entity: 'Member', query: { is_disabled: true, name: 'wati' } }
  const [refused] = await ask(consumer, query)
  assert.equal(refused?.code, 'rjct.filter.invalid')
  await assert.rejects(testConsumer(database, { fields: ['member.disabilities'] }), /invalid_request/)
  const health = await testConsumer(database, {
    fields: ['member.disabilities', 'member.name'],
    sealedReason: 'Layanan bagi penyandang disabilitas',
  })
  const [answer] = await ask(health, query)
  assert.deepEqual(answer?.records.map(idOf), [blind.id])
  assert.equal(answer?.records[0]?.['is_disabled'], true)
  // Taken back in the table itself, the database gives nothing more.
  await sql(`update agreement set sealed = false, sealed_reason = null where id = $1`, [health.id])
  const [after] = await ask(health, query)
  assert.equal(after?.code, 'rjct.filter.invalid')
})

test('row security holds a consumer to the regions even where a query forgets them', async () => {
  const limited = await testConsumer(database, { regions: ['33.13'] })
  const seen = await db.as({ agreementId: limited.id, at: now }, (tx) =>
    tx.selectFrom('family').select('region_code').execute(),
  )
  assert.ok(seen.length > 3 && seen.length < families.length)
  assert.ok(seen.every((one) => one.region_code.startsWith('33.13')))
  assert.equal(
    (await db.as({ agreementId: limited.id, at: now }, (tx) => tx.selectFrom('person_sealed').selectAll().execute()))
      .length,
    0,
  )
  await sql(`update agreement set revoked_at = now() where id = $1`, [limited.id])
  assert.equal(
    (await db.as({ agreementId: limited.id, at: now }, (tx) => tx.selectFrom('family').select('id').execute())).length,
    0,
  )
  assert.equal((await db.asPublic((tx) => tx.selectFrom('family').select('id').execute())).length, 0)
})

test('what was answered is in the audit log: which families, and nothing of what was asked or told', async () => {
  const listener = await testConsumer(database)
  const target = families.find((one) => one.region_code.startsWith('32.75') && one.status === 'active' && one.kk_number)
  await ask(listener, { query_type: 'idtype-value', query: { type: 'HOUSEHOLD_ID', value: target?.kk_number } })
  const [entry] = await sql<{ act: string; actor_role: string; detail: Record<string, unknown> }>(
    `select act, actor_role, detail from audit_entry where actor_id = $1 and act = 'exchange_search'`,
    [listener.id],
  )
  assert.equal(entry?.actor_role, 'consumer')
  assert.deepEqual(entry.detail['families'], [target?.id])
  assert.ok(!JSON.stringify(entry).includes(target?.kk_number ?? 'x'))
})
