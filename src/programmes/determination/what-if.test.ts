import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MARGAHAYU, OTHER, determinationStage, type Refused } from '#test/support/determinations.ts'
import type { RuleDefinition } from '../rules/index.ts'
import {
  whatIfSides,
  type Determination,
  type WhatIfAnswer,
  type WhatIfPage,
  type WhatIfRow,
  type WhatIfSide,
} from './schema.ts'
import { asksMore } from './what-if.ts'

const { clock, db, sql, maker, city, elsewhere, call, made, holding } = await determinationStage()

const path = '/determinations/what-if'
const traces = () =>
  sql(
    `select (select count(*) from determination) d, (select count(*) from determination_result) r, (select count(*) from determination_fact) f,
      (select count(*) from entitlement) e`,
  )
const reason = 'Menimbang anggaran'

/** All rows behind a figure, five a page. */
async function rowsOf(given: object, side: WhatIfSide, who = maker): Promise<WhatIfRow[]> {
  const rows: WhatIfRow[] = []
  for (let after: string | null = ''; after !== null;) {
    const answer: { status: number; body: WhatIfPage & Refused; text: string } = await call(
      who,
      'POST',
      `${path}/families`,
      {
        ...given,
        reason,
        side,
        limit: 5,
        ...(after && { after }),
      },
    )
    assert.equal(answer.status, 200, answer.text)
    rows.push(...answer.body.items)
    after = answer.body.next
    if (after === null) assert.equal(rows.length, answer.body.count)
  }
  assert.equal(new Set(rows.map((row) => row.familyId)).size, rows.length)
  return rows
}
const figureOf = (of: WhatIfAnswer | WhatIfAnswer['children'][number], side: WhatIfSide) =>
  side === 'in' ? of.after : of[side]

let list: Determination

test('what if: every figure is as many as the families behind it, of the whole and of each region; nothing of it stays', async () => {
  list = await made({ period: '2027-09', regionCode: '32.75.01' })
  const before = await traces()
  const wonder = async (given: object, who = maker) => {
    const answer = await call<WhatIfAnswer & Refused>(who, 'POST', path, { reason, ...given })
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const rule = list.rule as RuleDefinition
  const found: Record<WhatIfSide, number> = { entered: 0, left: 0, changed: 0, in: 0, waiting: 0, before: 0 }
  const tries: object[] = [
    { determinationId: list.id, decileLimit: 6 },
    { determinationId: list.id, decileLimit: 2 },
    { determinationId: list.id, quota: 3 },
    {
      determinationId: list.id,
      quota: 5,
      decileLimit: 6,
      rule: { ...rule, components: rule.components.map((one) => ({ ...one, amount: '150000 * family.decile' })) },
    },
    { programmeCode: 'PBI_JK', regionCode: '32.75', decileLimit: 3 },
  ]
  for (const given of tries) {
    const whole = await wonder(given)
    assert.equal(whole.anyFamilies, true)
    for (const side of whatIfSides) {
      const rows = await rowsOf(given, side)
      found[side] += rows.length
      assert.equal(rows.length, figureOf(whole, side), `${side} ${JSON.stringify(given)}`)
      for (const child of whole.children)
        assert.equal(
          rows.filter((row) => row.region.code.startsWith(child.region.code)).length,
          figureOf(child, side),
          `${side} of ${child.region.code}`,
        )
      const total = (of: 'amountBefore' | 'amountAfter') => rows.reduce((all, row) => all + (row[of] ?? 0), 0)
      if (side === 'before') assert.equal(total('amountBefore'), whole.amountBefore)
      if (side === 'in') assert.equal(total('amountAfter'), whole.amountAfter)
      for (const row of rows) {
        assert.match(row.headName ?? '', /^S\*+ W\*+/)
        assert.equal(row.amountBefore === null, side === 'entered' || (side !== 'left' && row.amountBefore === null))
        assert.ok(row.sentences.length > 0)
      }
    }
    assert.equal(whole.before - (whole.left ?? 0) + (whole.entered ?? 0), whole.after)
  }
  for (const side of whatIfSides) assert.ok(found[side] > 2, `${side}: ${JSON.stringify(found)}`)

  // One step down, and why: a condition, or the quota.
  const narrower = { determinationId: list.id, decileLimit: 2 }
  const district = await wonder(narrower)
  assert.deepEqual(
    district.children.map((one) => one.region.code),
    [MARGAHAYU, OTHER],
  )
  const village = await wonder({ ...narrower, region: MARGAHAYU })
  assert.equal(village.left, district.left)
  assert.deepEqual(
    village.path.map((one) => one.code),
    ['32.75.01', MARGAHAYU],
  )
  const [gone] = await rowsOf({ ...narrower, region: MARGAHAYU, condition: 'decile' }, 'left')
  assert.deepEqual(gone?.sentences, ['Tidak memenuhi syarat: Desil 1 sampai 2'])
  assert.equal((await rowsOf({ ...narrower, region: OTHER }, 'left')).length, 0)
  const [later] = await rowsOf({ determinationId: list.id, quota: 3 }, 'left')
  assert.match(later?.sentences[0] ?? '', /kuota/i)

  // As a file: the same rows, names masked.
  const csv = await call(maker, 'POST', `${path}/families/export`, { ...narrower, reason, side: 'left', format: 'csv' })
  assert.equal(csv.status, 200, csv.text)
  assert.equal(csv.text.trim().split('\r\n').length, (district.left ?? 0) + 1)
  assert.match(csv.text, /^\uFEFFkode_wilayah;wilayah;kepala_keluarga;alasan;urutan;jumlah_sekarang;jumlah_nanti\r\n/)
  assert.doesNotMatch(csv.text, /Sukarsih|\d{16}/)
  const book = await call(maker, 'POST', `${path}/families/export`, {
    ...narrower,
    reason,
    side: 'left',
    format: 'xlsx',
  })
  assert.equal(book.raw.subarray(0, 2).toString(), 'PK')

  const empty = await wonder({ programmeCode: 'SEMBAKO', regionCode: '33.13.01', decileLimit: 3 })
  assert.deepEqual([empty.anyFamilies, empty.before, empty.after, empty.children], [false, 0, 0, []])
  assert.deepEqual(await traces(), before)
  const said = await sql<{ reason: string; n: number }>(
    `select reason, count(*)::int as n from audit_entry where act = 'what_if' group by 1`,
  )
  assert.ok(said.length === 1 && said[0]?.reason === reason && said[0].n > 40, JSON.stringify(said))
})

test('what if of a list is asked of what was believed when it was made: the same answer after assistance was told anew', async () => {
  const listed = [list, await made({ period: '2027-10', regionCode: '32.75.01', asOf: '2026-11-15' })]
  const here = listed[0]?.rule as RuleDefinition
  const cel = "!('BST' in family.programmes)"
  const rule = { ...here, conditions: [...here.conditions, { code: 'bst', name: 'BST', nameEn: 'BST', cel }] }
  const told = `insert into assistance (family_id, id, region_code, programme_code, period_from, source, known_from)
    select id, gen_random_uuid(), region_code, 'BST', '2026-01-01', 'import', '2026-11-16' from family where decile <= 2`
  await sql(told)
  const wonder = () =>
    Promise.all(
      listed.map(async ({ id }) => {
        const { children, ...whole } = (await call<WhatIfAnswer>(maker, 'POST', path, { determinationId: id, rule, reason })).body // prettier-ignore
        return [whole.left, whole.entered, whole.before, whole.after, whole.amountAfter, children.length]
      }),
    )
  const before = await wonder()
  for (const [left] of before) assert.ok((left ?? 0) > 3, JSON.stringify(before))
  clock.now = new Date(clock.now.getTime() + 60_000)
  await db.asSystem('handed over', (tx) =>
    tx.updateTable('assistance').set({ source: 'distribution', received_on: '2026-11-20' }).execute(),
  )
  assert.deepEqual(await wonder(), before)
  await db.asSystem('taken back', (tx) => tx.deleteFrom('assistance').execute())
  assert.deepEqual(await wonder(), before)
})

test('a rule that asks about health what it did not shows nobody and no small count', async () => {
  const rule = list.rule as RuleDefinition
  const eyes = { code: 'eyes', name: 'Netra', nameEn: 'Blind', cel: "members.exists(m, 'visual' in m.disabilities)" }
  const given = { determinationId: list.id, reason, rule: { ...rule, conditions: [...rule.conditions, eyes] } }
  const answer = (await call<WhatIfAnswer>(maker, 'POST', path, given)).body
  assert.equal(answer.hidden, true)
  for (const [url, more] of [
    ['families', {}],
    ['families/export', { format: 'csv' }],
  ] as const) {
    const refused = await call<Refused>(maker, 'POST', `${path}/${url}`, { ...given, ...more, side: 'left' })
    assert.deepEqual([refused.status, refused.body.code], [409, 'what_if_hidden'])
  }
  // JSOD asks about disability already: another decile shows families, another question about disability does not.
  const own = { programmeCode: 'JSOD', regionCode: '36', reason }
  assert.equal((await call<WhatIfAnswer>(maker, 'POST', path, { ...own, decileLimit: 2 })).body.hidden, false)
  const jsod = (await call<{ current: { rule: RuleDefinition } }>(maker, 'GET', '/programmes/JSOD')).body.current.rule
  const asked = await call<WhatIfAnswer>(maker, 'POST', path, { ...own, rule: { ...jsod, conditions: [eyes] } })
  assert.equal(asked.body.hidden, true, asked.text)

  const asksHealth = (of: RuleDefinition) => JSON.stringify(of).includes('disabilities')
  const none: RuleDefinition = { conditions: [], components: [], limits: {}, ranking: [] }
  const poor = { code: 'd', name: 'd', nameEn: 'd', cel: 'family.decile <= 4' }
  const pay = { code: 'p', name: 'p', nameEn: 'p', per: 'person' as const, when: eyes.cel, amount: '1' }
  const more = (was: Partial<RuleDefinition>, now: Partial<RuleDefinition>) =>
    asksMore({ ...none, ...was }, { ...none, ...now }, asksHealth)
  assert.equal(more({ conditions: [poor] }, { conditions: [{ ...poor, cel: 'family.decile <= 2' }] }), false)
  assert.equal(more({ conditions: [eyes, poor] }, { conditions: [eyes] }), false)
  assert.equal(more({ conditions: [eyes] }, { conditions: [{ ...eyes, cel: `!(${eyes.cel})` }] }), true)
  assert.equal(more({ conditions: [eyes] }, { conditions: [eyes], components: [pay] }), true)
  assert.equal(more({}, { ranking: [{ cel: "'visual' in m.disabilities", direction: 'asc' }] }), true)
})

test('what cannot be tried is refused: a faulty rule, a stranger, another region, a question that takes too long', async () => {
  const refused = async (given: object, who = maker, url = path) => {
    const { status, body } = await call<Refused>(who, 'POST', url, { reason, ...given })
    return [status, body.errors?.[0]?.field ?? body.code]
  }
  const faulty = { conditions: [{ code: 'x', name: 'x', nameEn: 'x', cel: 'family.nonsense > 1' }], components: [], limits: {}, ranking: [] } // prettier-ignore
  for (const url of [path, `${path}/families`]) {
    const more = url === path ? {} : { side: 'left' }
    const at = (given: object, who = maker) => refused({ ...given, ...more }, who, url)
    assert.deepEqual(await at({ determinationId: list.id, rule: faulty }), [409, 'rule_faulty'])
    assert.deepEqual(await at({ determinationId: list.id }, elsewhere), [404, 'not_found'])
    assert.deepEqual(await at({ determinationId: list.id, region: '33.13' }), [404, 'not_found'])
    assert.deepEqual(await at({ programmeCode: 'SEMBAKO' }), [400, 'regionCode'])
  }
  const families = `${path}/families`
  assert.deepEqual(await refused({ determinationId: list.id, side: 'left', after: 'x' }, maker, families), [
    400,
    'after',
  ])
  assert.deepEqual(await refused({ determinationId: list.id, side: 'left', condition: 'x' }, city, families), [
    400,
    'condition',
  ])
  // A question that takes longer than its term is told so. Nothing else waits for this lock.
  await sql(
    `insert into determination_term (key, valid_from, amount, unit, source) values ('what_if', '2026-11-01', 1, 'seconds', 'uji')`,
  )
  const release = await holding('lock table person_sealed in access exclusive mode')
  const late = await refused({ programmeCode: 'JSOD', regionCode: '36' })
  await release()
  assert.deepEqual(late, [409, 'what_if_too_long'])
})
