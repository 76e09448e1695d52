import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { questionnairesOn } from '#src/people/register/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { type FamilyFacts, readRule } from '../rules/index.ts'
import { judge, obstaclesOf } from './judge.ts'
import type { Catalogue, DraftBody, ProgrammePage, VersionDifferences, VersionList, VersionPage } from './schema.ts'
import { examplesOf, versionInForce, versionsOf } from './versions.ts'

const now = new Date('2026-11-20T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const maria = await signedIn(db, { role: 'officer', regionCode: '00', name: 'Maria' })
const darmawan = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Darmawan' })
const siti = await signedIn(db, { role: 'supervisor', regionCode: '36', name: 'Siti' })
const tubagus = await signedIn(db, { role: 'officer', regionCode: '36', name: 'Tubagus' })
const pillar = await signedIn(db, { role: 'pillar', regionCode: '32.75.01.1002' })

type Refused = { code: string; errors?: { field: string; code: string }[] }
async function call<T>(who: SignedIn | null, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const answer = await app.inject({
    method,
    url: `/api${url}`,
    headers: who ? { cookie: who.cookie } : {},
    ...(payload && { payload }),
  })
  return { status: answer.statusCode, body: answer.json<T>(), text: answer.body }
}

test('every programme that is shipped has a rule without a fault, and all its examples come out as they say', async () => {
  const codes = (await sql<{ code: string }>(`select distinct programme_code as code from programme_version`)).map(
    (row) => row.code,
  )
  const needed =
    'PKH SEMBAKO BST BANSOS_SEMBAKO BLT_BBM PBI_JK ATENSI PENA UEP KUBE TALI_ASIH JSOD JSLU JSANAK JAMSOSRATU UPSK COTA KAKI_PALSU ALAT_BANTU_DENGAR BIMBINGAN_ODGJ KONSELING_PMI KETERAMPILAN_BWBLP P2K2'
  assert.deepEqual(codes.toSorted(), needed.split(' ').toSorted())
  await db.asSystem('test', async (tx) => {
    for (const code of codes)
      for (const version of await versionsOf(tx, code)) {
        const judged = await judge(tx, version, await examplesOf(tx, code, version.version))
        const where = `${code} ${version.version}`
        assert.deepEqual(judged.faults, [], where)
        assert.deepEqual(
          judged.examples.filter((one) => !one.passes),
          [],
          where,
        )
        assert.deepEqual(obstaclesOf(judged), [], where)
        assert.ok(version.source.length > 5 && version.summary && version.summary_en, where)
        // Nothing is invented: where an amount is 0 the words say that it was not found, except for services.
        if (version.kind !== 'service' && judged.examples.every((one) => !one.amount))
          assert.match(`${version.summary} ${version.source}`, /tidak ditemukan/, where)
        if (JSON.stringify(version.rule).includes('family.decile <='))
          assert.equal(version.verified, false, `${where}: limits of deciles are not verified`)
      }
  })
})

test('nobody counts twice in PKH from 2027 on: whoever is in two components at once has the higher one', async () => {
  const rule = await db.asSystem('test', async (tx) => {
    const version = (await versionsOf(tx, 'PKH')).find((one) => one.version === 4)
    assert.ok(version)
    return readRule(version.rule, await questionnairesOn(tx, '2027-01-31'))
  })
  const member = fc.record(
    {
      age: fc.integer({ min: 0, max: 90 }),
      pregnant: fc.boolean(),
      schooling: fc.constantFrom('attending', 'finished'),
      schoolLevel: fc.constantFrom('primary', 'junior', 'senior'),
      disabilities: fc.subarray(['physical' as const]),
    },
    { requiredKeys: ['disabilities'] },
  )
  let shared = 0
  fc.assert(
    fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), (members) => {
      const facts: FamilyFacts = {
        family: { region: '99.99.01.1001', status: 'active', decile: 1, programmes: [], answers: {} },
        members: members.map((one, at) => ({
          id: `00000000-0000-7000-8000-00000000000${at}`,
          ppks: [],
          chronicIllnesses: [],
          answers: {},
          health: {},
          isHead: at === 0,
          isPayee: at === 0,
          ...one,
        })),
      }
      const { parts } = rule.evaluate(facts, '2027-01-31')
      const persons = parts.map((one) => one.personId)
      assert.equal(new Set(persons).size, persons.length)
      if (parts.length > 1) shared++
    }),
  )
  assert.ok(shared > 0)
})

test('the version that counts is that of the day: elders of PKH, amounts of Sembako and BST, parcels only in their time', async () => {
  const on = async (code: string, day: string) => (await db.asPublic((tx) => versionInForce(tx, code, day)))?.version
  assert.deepEqual(
    await Promise.all(
      ['2020-12-31', '2021-01-01', '2021-12-31', '2022-01-01', '2026-11-20', '2027-01-01'].map((day) => on('PKH', day)),
    ),
    [1, 2, 2, 3, 3, 4],
  )
  assert.deepEqual(await Promise.all(['2020-02-29', '2020-03-01'].map((day) => on('SEMBAKO', day))), [1, 2])
  assert.deepEqual(
    await Promise.all(
      ['2020-03-31', '2020-04-01', '2020-07-01', '2021-06-01', '2022-01-01'].map((day) => on('BST', day)),
    ),
    [undefined, 1, 2, 3, undefined],
  )
  const page = await call<ProgrammePage>(null, 'GET', '/programmes/PKH')
  assert.deepEqual(
    [page.status, page.body.current?.version, page.body.current?.verified, page.body.current?.regions],
    [200, 3, false, [{ code: '00', name: 'Indonesia' }]],
  )
  assert.equal((await call<ProgrammePage>(null, 'GET', '/programmes/BST')).body.current, null)
  assert.equal((await call(null, 'GET', '/programmes/NICHTS')).status, 404)
  const bst = (await call<VersionPage>(maria, 'GET', '/programmes/BST/versions/1')).body
  assert.ok(bst.version.regionsWithout.some((one) => one.name === 'Kota Bekasi'))
  const list = (await call<Catalogue>(siti, 'GET', '/catalogue')).body
  assert.ok(list.items.length >= 29 && list.mayCreate)
  assert.equal((await call(pillar, 'GET', '/catalogue')).status, 403)
})

const bodyOf = (page: VersionPage): DraftBody => {
  const {
    programmeCode: _,
    version: _v,
    state: _s,
    steps: _t,
    madeAt: _m,
    publishedAt: _p,
    regions,
    regionsWithout,
    ...written
  } = page.version
  return {
    ...written,
    regions: regions.map((one) => one.code),
    regionsWithout: regionsWithout.map((one) => one.code),
    examples: page.examples.map(({ name, facts, asOf, expected, expectedAmount }) => ({
      name,
      facts,
      asOf,
      expected,
      expectedAmount,
    })),
  }
}

test('editing makes a new version: a draft only its office sees through, published by another, then unchangeable', async () => {
  assert.equal(
    (await call<Refused>(siti, 'POST', '/programmes/SEMBAKO/draft', {})).status,
    403,
    'the nation’s programme',
  )
  const begun = await call<VersionPage>(maria, 'POST', '/programmes/SEMBAKO/draft', {})
  assert.equal(begun.status, 201, begun.text)
  assert.deepEqual(
    [begun.body.version.version, begun.body.version.validFrom, begun.body.examples.length],
    [4, '2026-11-21', 4],
  )
  assert.equal((await call<Refused>(maria, 'POST', '/programmes/SEMBAKO/draft', {})).body.code, 'draft_there')
  // What is shipped for next year is coming; the draft is not.
  const { coming } = (await call<ProgrammePage>(null, 'GET', '/programmes/SEMBAKO')).body
  assert.deepEqual(coming.map((one) => one.version), [3]) // prettier-ignore
  const body = bodyOf(begun.body)
  const [condition] = (body.rule as { conditions: { cel: string }[] }).conditions
  assert.ok(condition)
  const put = (more: object, who = maria) =>
    call<VersionPage & Refused>(who, 'PUT', '/programmes/SEMBAKO/draft', { ...body, ...more })
  const broken = await put({ rule: { ...body.rule, conditions: [{ ...condition, cel: 'family.decil <= 5' }] } })
  assert.equal(broken.status, 200, broken.text)
  assert.equal(broken.body.faults[0]?.at, 'conditions[0].cel')
  assert.deepEqual(broken.body.obstacles, ['rule_faults', 'by_another'])
  assert.equal(
    (await call<Refused>(darmawan, 'POST', '/programmes/SEMBAKO/draft/publish', {})).body.code,
    'version_faulty',
  )
  const wider = { ...body.rule, conditions: [{ ...condition, cel: 'family.decile <= 5', name: 'Desil 1 sampai 5' }] }
  assert.deepEqual((await put({ rule: wider })).body.obstacles, ['examples_fail', 'by_another'])
  const examples = body.examples.map((one) =>
    one.name === 'Keluarga desil 5' ? { ...one, expected: 'in' as const } : one,
  )
  const short = (await put({ rule: wider, examples })).body
  assert.deepEqual(
    short.examples.filter((one) => !one.passes),
    [],
  )
  assert.deepEqual(short.obstacles, ['example_out_missing', 'by_another'])
  const facts = examples[0]?.facts as { family: object }
  const out = {
    ...examples[0],
    name: 'Keluarga desil 6',
    facts: { ...facts, family: { ...facts.family, decile: 6 } },
    expected: 'out',
    expectedAmount: null,
  }
  const ready = await put({ rule: wider, examples: [...examples, out], validFrom: '2026-11-01' })
  assert.deepEqual(
    [ready.body.obstacles, ready.body.can],
    [
      ['backdated', 'by_another'],
      ['edit', 'drop'],
    ],
  )
  assert.equal(
    (await call(maria, 'POST', '/programmes/SEMBAKO/draft/publish', { reason: 'Dipakai sejak awal bulan' })).status,
    403,
  )
  const silent = await call<Refused>(darmawan, 'POST', '/programmes/SEMBAKO/draft/publish', {})
  assert.deepEqual(
    silent.body.errors?.map((one) => `${one.field} ${one.code}`),
    ['reason version_reason_needed'],
  )
  const published = await call<VersionPage>(darmawan, 'POST', '/programmes/SEMBAKO/draft/publish', {
    reason: 'Dipakai sejak awal bulan',
  })
  assert.deepEqual(
    [published.status, published.body.version.state, published.body.madeBy, published.body.publishedBy],
    [200, 'published', 'Maria', 'Darmawan'],
  )
  assert.equal((await call<ProgrammePage>(null, 'GET', '/programmes/SEMBAKO')).body.current?.version, 4)
  await assert.rejects(
    sql(`update programme_version set rule = '{}' where programme_code = 'SEMBAKO' and version = 4`),
    { code: '42501' },
  )
  assert.equal((await call<Refused>(maria, 'PUT', '/programmes/SEMBAKO/draft', body)).body.code, 'no_draft')
  const differences = (
    await call<VersionDifferences>(maria, 'GET', '/programmes/SEMBAKO/versions/4/differences?from=2')
  ).body.items
  assert.deepEqual(
    differences.filter((one) => one.field.startsWith('rule') || one.field === 'validFrom'),
    [
      { field: 'validFrom', before: '2020-03-01', after: '2026-11-01' },
      { field: 'rule.conditions.decile.cel', before: 'family.decile <= 4', after: 'family.decile <= 5' },
      { field: 'rule.conditions.decile.name', before: 'Desil 1 sampai 4', after: 'Desil 1 sampai 5' },
    ].toSorted(
      (a, b) =>
        differences.findIndex((one) => one.field === a.field) - differences.findIndex((one) => one.field === b.field),
    ),
  )
  const ended = await call<VersionPage>(darmawan, 'PUT', '/programmes/SEMBAKO/versions/4/end', {
    validTo: '2026-11-20',
    reason: 'Kembali ke batas lama',
  })
  assert.deepEqual([ended.status, ended.body.version.validTo], [200, '2026-11-20'])
  // What has its last day is not revived by one person: that is a new version, which another publishes.
  for (const validTo of ['2026-11-21', '2030-12-31'])
    assert.equal(
      (await call<Refused>(darmawan, 'PUT', '/programmes/SEMBAKO/versions/4/end', { validTo, reason: 'Lanjut lagi' })).body.errors?.[0]?.code, // prettier-ignore
      'version_longer',
    )
  const said = await sql<{ reason: string }>(
    `select reason from audit_entry where act in ('publish', 'end') and subject = 'programme_version' order by id`,
  )
  assert.deepEqual(
    said.map((row) => row.reason),
    ['Dipakai sejak awal bulan', 'Kembali ke batas lama'],
  )
})

test('a draft is put only over what its writer has seen: nobody’s text is lost to who saves later', async () => {
  const begun = await call<VersionPage>(maria, 'POST', '/programmes/KUBE/draft', {})
  assert.equal(begun.status, 201, begun.text)
  const read = async (who: SignedIn) => {
    await sql(`update programme_version set made_at = made_at - interval '1 minute' where state = 'draft'`)
    const { version } = begun.body.version
    return (await call<VersionPage>(who, 'GET', `/programmes/KUBE/versions/${version}`)).body
  }
  const put = (who: SignedIn, more: object) =>
    call<VersionPage & Refused>(who, 'PUT', '/programmes/KUBE/draft', { ...bodyOf(begun.body), ...more })
  const { madeAt: base } = (await read(darmawan)).version
  assert.equal((await put(maria, { base, summary: 'Ditulis Maria' })).status, 200)
  for (const lost of [{ base }, {}]) {
    const late = await put(darmawan, { ...lost, summary: 'Ditulis Darmawan' })
    assert.deepEqual([late.status, late.body.code], [409, 'draft_changed'])
  }
  const seen = await read(darmawan)
  assert.equal(seen.version.summary, 'Ditulis Maria')
  const over = await put(darmawan, { base: seen.version.madeAt, summary: 'Ditulis Darmawan' })
  assert.deepEqual([over.status, over.body.version.summary], [200, 'Ditulis Darmawan'])
  assert.equal((await call(maria, 'DELETE', '/programmes/KUBE/draft')).status, 200)
})

test('a province makes a programme of its own, in its own regions; a draft can be dropped', async () => {
  assert.equal(
    (await call(tubagus, 'POST', '/programmes', { code: 'BANTEN_X', name: 'Contoh', fullName: 'Program contoh' }))
      .status,
    403,
  )
  const made = await call<VersionList>(siti, 'POST', '/programmes', {
    code: 'BANTEN_X',
    name: 'Contoh',
    fullName: 'Program contoh',
  })
  assert.deepEqual([made.status, made.body.can], [201, ['draft']])
  assert.equal(
    (await call<Refused>(siti, 'POST', '/programmes', { code: 'PKH', name: 'Contoh', fullName: 'Program contoh' })).body
      .code,
    'already_exists',
  )
  const begun = await call<VersionPage>(tubagus, 'POST', '/programmes/BANTEN_X/draft', {})
  assert.deepEqual(
    [begun.body.version.owner, begun.body.version.regions[0]?.code, begun.body.obstacles],
    ['province', '36', ['example_in_missing', 'example_out_missing', 'by_another']],
  )
  const body = bodyOf(begun.body)
  const away = await call<Refused>(tubagus, 'PUT', '/programmes/BANTEN_X/draft', {
    ...body,
    regions: ['32.75'],
    source: 'Perda',
  })
  assert.deepEqual(
    away.body.errors?.map((one) => `${one.field} ${one.code}`),
    ['regions outside_region'],
  )
  assert.equal(
    (
      await call<VersionPage>(tubagus, 'PUT', '/programmes/BANTEN_X/draft', {
        ...body,
        regions: ['36.73'],
        source: 'Perda',
      })
    ).status,
    200,
  )
  assert.equal((await call<VersionList>(siti, 'DELETE', '/programmes/BANTEN_X/draft')).body.items.length, 0)
  // The database holds the line too: another region's programme is not written by whoever passes by the routes.
  const other = db.as({ ...siti.actor, at: now }, (tx) =>
    tx.updateTable('programme').set({ name: 'Lain' }).where('code', '=', 'PKH').returning('code').execute(),
  )
  assert.deepEqual(await other, [])
})
