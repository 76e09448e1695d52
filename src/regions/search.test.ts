import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fullTestDatabase } from '#test/support/postgres.ts'
import type { RegionRef, Tier } from './schema.ts'
import { plain, shortened, squeezed } from './search-words.ts'
import { searchRegions } from './search.ts'
import { slips } from './slip.ts'

describe('searching regions', async () => {
  const database = await fullTestDatabase()
  const all = await database.sql<{ code: string; name: string; search_name: string; path_name: string; tier: Tier }>(
    `select code, name, search_name, path_name, tier from region where code <> '00' order by code`,
  )
  const search = (q: string, options: { limit?: number; tier?: Tier; within?: string } = {}): Promise<RegionRef[]> =>
    database.db.asPublic((tx) => searchRegions(tx, q, { limit: 10, ...options }))
  const codes = async (q: string, options = {}) => (await search(q, options)).map((one) => one.code)

  const districts = ['33.03.11', '33.05.20', '33.13.09', '33.21.09', '33.26.07', '35.21.17']

  test('"karanganyar" gives the kabupaten and all six kecamatan, each with its path', async () => {
    const found = await search('karanganyar')
    assert.deepEqual(
      found.slice(0, 7).map((one) => one.code),
      ['33.13', ...districts],
    )
    assert.equal(found[2]?.pathName, 'Karanganyar, Kabupaten Kebumen, Jawa Tengah')
    assert.ok(found.slice(7).every((one) => one.tier === 'village'))
  })

  test('gaps, capitals, kinds and abbreviations do not matter', async () => {
    for (const q of ['Karang Anyar', 'KARANGANYAR', ' karang-anyar '])
      assert.deepEqual((await codes(q)).slice(0, 7), ['33.13', ...districts], q)
    assert.deepEqual((await codes('kab. karanganyar')).slice(0, 1), ['33.13'])
    assert.deepEqual((await codes('kec karanganyar')).slice(0, 6), districts)
    assert.equal((await codes('karanganyar jateng'))[0], '33.13')
    assert.deepEqual((await codes('kota bekasi'))[0], '32.75')
    assert.deepEqual((await codes('kabupaten bekasi'))[0], '32.16')
    assert.deepEqual(await codes('jabar', { tier: 'province' }), ['32'])
  })

  test('what lies above narrows, in any order and half typed', async () => {
    assert.deepEqual(await codes('margahayu bekasi'), ['32.75.01.1002'])
    assert.deepEqual(await codes('bekasi margahayu'), ['32.75.01.1002'])
    assert.deepEqual(await codes('margahayu bek'), ['32.75.01.1002'])
    assert.deepEqual((await codes('kec. karanganyar kebumen'))[0], '33.05.20')
    assert.equal((await codes('karanganyar, karanganyar, kabupaten karanganyar'))[0], '33.13')
  })

  test('a slip of the finger', async () => {
    const found = await codes('karanganyer', { limit: 20 })
    for (const code of ['33.13', ...districts]) assert.ok(found.includes(code), code)
    assert.deepEqual((await codes('bekosi')).slice(0, 2), ['32.16', '32.75'])
    assert.equal((await codes('margahayu bekassi'))[0], '32.75.01.1002')
    assert.equal((await codes('marghayu bekassi'))[0], '32.75.01.1002')
    assert.equal((await codes('Margahay, Bekasi Timur, Kota Bekasi, Jawa Barat'))[0], '32.75.01.1002')
  })

  test('codes, with and without dots', async () => {
    for (const q of ['33.13', '3313', '33 13']) assert.deepEqual((await codes(q)).slice(0, 2), ['33.13', '33.13.01'], q)
    assert.deepEqual(await codes('32.75.01.1002'), ['32.75.01.1002'])
    assert.deepEqual(await codes('98'), [])
  })

  test('apostrophes, however they are typed', async () => {
    for (const q of ["sawang ba'u", 'Sawang Ba’u', 'sawang bau', 'sawangbau'])
      assert.equal((await codes(q))[0], '11.01.07.2015', q)
    for (const q of ["ra'as", 'Ra"as', 'raas']) assert.equal((await codes(q))[0], '35.29.22', q)
  })

  test('tier and region narrow', async () => {
    // What follows is only alike: Kecamatan Kalanganyar.
    assert.deepEqual(await codes('karanganyar', { tier: 'district' }), [...districts, '36.02.24'])
    assert.deepEqual(await codes('karanganyar', { tier: 'district', within: '33.05' }), ['33.05.20'])
    assert.ok((await codes('karanganyer', { within: '33.13', limit: 20 })).every((code) => code.startsWith('33.13')))
    assert.equal((await search('a', { within: '32.75' })).length > 0, true)
  })

  test('nonsense finds nothing and breaks nothing', async () => {
    for (const q of [
      'zzzzqqq',
      '%',
      '_',
      "'",
      '\\',
      '|',
      '||',
      '   ',
      '🙂',
      '\u202e',
      'a'.repeat(200),
      '{}',
      '%%%%',
      '1',
      '.',
    ])
      assert.ok(Array.isArray(await search(q)), q)
    assert.deepEqual(await search('%'), [])
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60, unit: 'binary' }), async (q) => {
        if (!q.includes('\0')) assert.ok((await search(q)).length <= 10)
      }),
      { numRuns: 60 },
    )
  })

  test('every region is found first by its whole path', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length - 1), async (at) => {
        const region = all[at]
        assert.ok(region)
        const found = await search(region.path_name, { limit: 5 })
        // A few neighbours carry the same name and path; their codes tell them apart.
        assert.equal(found[0]?.pathName, region.path_name)
        const twins = all.filter((one) => one.path_name === region.path_name).length
        if (twins < 5) assert.ok(found.some((one) => one.code === region.code))
      }),
      { numRuns: 150 },
    )
  })

  const slip = fc.record({
    at: fc.nat(),
    letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
    kind: fc.constantFrom('mistaken', 'added', 'left out', 'swapped'),
  })
  const slipped = (name: string, { at, letter, kind }: { at: number; letter: string; kind: string }) => {
    const letters = [...name]
    const where = at % Math.max(1, letters.length - (kind === 'swapped' ? 1 : 0))
    if (kind === 'mistaken') letters.splice(where, 1, letter)
    if (kind === 'added') letters.splice(where, 0, letter)
    if (kind === 'left out') letters.splice(where, 1)
    if (kind === 'swapped') letters.splice(where, 2, letters[where + 1] ?? '', letters[where] ?? '')
    return letters.join('')
  }

  test('a name with one slip, and where it lies, still finds it', async () => {
    // A slip in a name of five letters leaves too little: what it could have been is every other name.
    const villages = all.filter((one) => one.tier !== 'province' && one.search_name.length >= 6)
    await fc.assert(
      fc.asyncProperty(fc.nat(villages.length - 1), slip, fc.boolean(), async (at, how, spaced) => {
        const region = villages[at]
        assert.ok(region)
        const typed = slipped(spaced && region.tier !== 'regency' ? plain(region.name) : region.search_name, how)
        const above = region.path_name.slice(region.name.length + 2)
        const found = await search(`${typed}, ${above}`)
        // Unless what was typed is itself the name of a place there.
        const isPlace = found[0] !== undefined && squeezed(found[0].name).startsWith(squeezed(typed))
        assert.ok(isPlace || found.some((one) => one.code === region.code), `${typed}, ${above}`)
      }),
      { numRuns: 150 },
    )
  })

  test('a slip beside names that many others have, or that are there too', async () => {
    const paths = async (q: string) => (await search(q)).map((one) => one.pathName)
    for (const [typed, name, above] of [
      ['agargoyoso', 'Ngargoyoso', 'Kabupaten Karanganyar, Jawa Tengah'],
      ['aanmati', 'Banmati', 'Sukoharjo, Kabupaten Sukoharjo, Jawa Tengah'],
      ['jakarapusat', 'Kota Administrasi Jakarta Pusat', 'Daerah Khusus Ibukota Jakarta'],
      ['ranti', 'Mranti', 'Purworejo, Kabupaten Purworejo, Jawa Tengah'],
    ] as const)
      assert.equal((await paths(`${typed}, ${above}`))[0], `${name}, ${above}`)
    // Mee is there, and 'atang' in Matangkuli; Bojo is there, and 'bar' in Barru.
    for (const [typed, name, above] of [
      ['atang mee', 'Matang Mee', 'Matangkuli, Kabupaten Aceh Utara, Aceh'],
      ['bojo bar', 'Bojo Baru', 'Mallusetasi, Kabupaten Barru, Sulawesi Selatan'],
    ] as const)
      assert.ok((await paths(`${typed}, ${above}`)).includes(`${name}, ${above}`), typed)
  })

  test('under 20 ms of the database on the full tree', async (t) => {
    const typed = ['karanganyar', 'karanganyer', 'margahayu bek', 'suk', 'ka', 'sukamaju', 'kec. karanganyar kebumen', 'zzzzqqq',
      'marghayu bekassi', 'Margahay, Bekasi Timur, Kota Bekasi, Jawa Barat'] // prettier-ignore
    for (const q of typed) {
      const times: number[] = []
      for (let round = 0; round < 7; round++) {
        const began = performance.now()
        await search(q)
        times.push(performance.now() - began)
      }
      const [best = 0, , , median = 0] = times.sort((a, b) => a - b)
      t.diagnostic(`${q}: ${median.toFixed(1)} ms`)
      // The machine may be doing other things, but hardly each time; the claim itself is measured in bench/.
      assert.ok(best < 200, `${q} took ${best} ms`)
    }
  })
})

describe('words', () => {
  test('plain', () => {
    assert.equal(plain("  Ba'u / Kép. “X”,II-III "), 'bau kep x ii iii')
    assert.equal(squeezed('Karang Anyar'), 'karanganyar')
  })

  test('one slip leaves a way of writing in common', () => {
    const word = fc.string({ minLength: 4, maxLength: 14, unit: fc.constantFrom(...'abcdeiknoru') })
    fc.assert(
      fc.property(word, word, (a, b) => {
        const shared = new Set(shortened(a))
        const near = shortened(b).some((way) => shared.has(way))
        if (slips(a, b, 1) <= 1) assert.ok(near, `${a} ${b}`)
        if (near) assert.ok(slips(a, b, 2) <= 2, `${a} ${b}`)
      }),
    )
    assert.equal(slips('bekasi', 'beaksi', 2), 1)
    assert.equal(slips('bekasi', 'bekasi', 2), 0)
    assert.equal(slips('bekasi', 'bandung', 2), 3)
  })
})
