import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { signedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { recordChange } from '../register/index.ts'
import { savePairs } from './pairs.ts'

const { db, sql } = await testDatabase()
const app = await testApp(db)
const region = '32.75.01.1002'
const { cookie } = await signedIn(db, { role: 'officer', regionCode: '32.75' })
const today = new Date().toISOString().slice(0, 10)

type Member = { name: string; nik: boolean; birthDate: string | null; motherName: string | null }
let serial = 9000

/** A family of these, the first of whom is its head and payee; answers the ids of its members. */
async function family(members: readonly Member[]): Promise<{ familyId: string; ids: string[] }> {
  const familyId = randomUUID()
  const ids = members.map(() => randomUUID())
  const head = ids[0] ?? ''
  await db.asSystem('test', (tx) =>
    recordChange(
      tx,
      { role: 'system' },
      {
        id: randomUUID(),
        kind: 'registered',
        effectiveOn: '2026-01-02',
        reportedOn: today,
        source: 'survey',
        check: 'none',
        parts: [
          {
            subject: 'family',
            subjectId: familyId,
            isNew: true,
            patch: { regionCode: region, status: 'active', headId: head, payeeId: head, answers: {} },
          },
          ...members.map((member, at) => ({
            subject: 'person' as const,
            subjectId: ids[at] ?? '',
            isNew: true as const,
            patch: {
              familyId,
              regionCode: region,
              name: member.name,
              ...(member.nik && { nik: `997501010180${String(++serial)}` }),
              ...(member.birthDate && { birthDate: member.birthDate }),
              ...(member.motherName && { motherName: member.motherName }),
              sex: 'female' as const,
              ppks: [],
              answers: {},
              relationship: at === 0 ? ('head' as const) : ('child' as const),
              status: 'active' as const,
            },
          })),
        ],
      },
    ),
  )
  return { familyId, ids }
}

async function post<Answer>(url: string, payload: object): Promise<Answer> {
  const headers = { cookie, origin: 'http://localhost', host: 'localhost' }
  const response = await app.inject({ method: 'POST', url: `/api/register${url}`, headers, payload })
  assert.equal(response.statusCode, 200, response.body)
  return response.json<Answer>()
}

/** All that is believed now of these families and people, without what counts the changes. */
const believed = (families: readonly string[], people: readonly string[]) =>
  sql(
    `select id, to_jsonb(p) - '{version,changed_at,last_seq,known_from,search_keys}'::text[] as row from person p where id = any ($2)
     union all select id, to_jsonb(f) - '{version,changed_at,last_seq,known_from,search_keys}'::text[] from family f where id = any ($1)
     union all select id, to_jsonb(a) - 'known_from' from assistance a where person_id = any ($2) order by 1`,
    [families, people],
  )

const member: fc.Arbitrary<Member> = fc.record({
  name: fc.constantFrom('Tukiyem', 'Painem Kasmini', 'Galih Permata'),
  nik: fc.boolean(),
  birthDate: fc.constantFrom(null, '1960-02-03', '2011-12-31'),
  motherName: fc.constantFrom(null, 'Ngatini', 'Rukmini'),
})
const members = fc.array(member, { minLength: 1, maxLength: 3 })
const side = fc.constantFrom('left' as const, 'right' as const)

test('any two people of small families merged and taken back: what is believed is what was believed', async () => {
  let changed = 0
  await fc.assert(
    fc.asyncProperty(
      members,
      members,
      fc.record({
        one: fc.nat(),
        other: fc.nat(),
        keep: side,
        family: side,
        name: side,
        assisted: fc.boolean(),
        corrected: fc.boolean(),
      }),
      async (first, second, chosen) => {
        const [a, b] = [await family(first), await family(second)]
        const one = a.ids[chosen.one % a.ids.length] ?? ''
        const other = b.ids[chosen.other % b.ids.length] ?? ''
        if (chosen.corrected)
          await db.asSystem('test', (tx) =>
            recordChange(
              tx,
              { role: 'system' },
              {
                id: randomUUID(),
                kind: 'corrected',
                effectiveOn: today,
                source: 'survey',
                check: 'none',
                parts: [{ subject: 'person', subjectId: other, patch: { motherName: 'Kasmini' } }],
              },
            ),
          )
        if (chosen.assisted)
          await sql(
            `insert into assistance (family_id, id, person_id, region_code, programme_code, period_from, source)
             values ($1, gen_random_uuid(), $2, $3, 'PKH', '2026-02-01', 'village')`,
            [b.familyId, other, region],
          )
        await db.asSystem('test', (tx) =>
          savePairs(tx, [{ one, other, probability: 0.9, weight: 3, evidence: {}, sameNik: false }]),
        )
        const [families, people] = [
          [a.familyId, b.familyId],
          [...a.ids, ...b.ids],
        ]
        const before = await believed(families, people)
        const url = `/pairs/${[one, other].toSorted().join('/')}`
        await post(`${url}/open`, { reason: 'memeriksa data ganda' })
        const merge = await post<{ id: string }>(`${url}/merge`, {
          keep: chosen.keep,
          choose: { family: chosen.family, name: chosen.name },
          reason: 'orang yang sama',
        })
        assert.notDeepEqual(await believed(families, people), before)
        await post(`/merges/${merge.id}/undo`, { reason: 'ternyata dua orang' })
        assert.deepEqual(await believed(families, people), before)
        changed++
      },
    ),
    { numRuns: 8 },
  )
  assert.ok(changed >= 8)
})
