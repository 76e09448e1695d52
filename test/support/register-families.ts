import { v7 as uuid } from 'uuid'
import type { Db } from '#src/platform/db/index.ts'
import { recordChanges, type Change } from '#src/people/register/index.ts'

let made = 0
/** A family of a head and a child, as the system registers it. */
function newFamily(
  regionCode: string,
  given: { rt?: string; decile?: number; ppks?: number[]; sealed?: number[] } = {},
) {
  const ids = { family: uuid(), head: uuid(), child: uuid() }
  const change: Change = {
    id: uuid(),
    kind: 'registered',
    effectiveOn: '2026-10-01',
    source: 'import',
    check: 'none',
    parts: [
      {
        subject: 'family',
        subjectId: ids.family,
        isNew: true,
        patch: {
          regionCode,
          status: 'active',
          headId: ids.head,
          address: `Gang Melati ${++made}`,
          rt: given.rt ?? '001',
          rw: '004',
          decile: given.decile ?? 2,
          kkNumber: `990101010120${String(made).padStart(4, '0')}`,
        },
      },
      {
        subject: 'person',
        subjectId: ids.head,
        isNew: true,
        patch: {
          name: `Sukarsih Wulandari ${made}`,
          nik: `990101410190${String(9000 + made)}`,
          familyId: ids.family,
          relationship: 'head',
          status: 'active',
          ppks: given.ppks ?? [],
        },
        ...(given.sealed && { sealed: { ppks: given.sealed } }),
      },
      {
        subject: 'person',
        subjectId: ids.child,
        isNew: true,
        patch: {
          name: 'Rahayu',
          birthDate: '2018-03-02',
          familyId: ids.family,
          relationship: 'child',
          status: 'active',
        },
      },
    ],
  }
  return { ids, change }
}

/** Registers as many in one batch; gives their ids. */
export async function registerFamilies(
  db: Db,
  count: number,
  regionCode: string,
  given: (at: number) => Parameters<typeof newFamily>[1] = () => ({}),
) {
  const all = Array.from({ length: count }, (_, at) => newFamily(regionCode, given(at)))
  await db.asSystem('test', (tx) =>
    recordChanges(
      tx,
      { role: 'system' },
      all.map((one) => one.change),
    ),
  )
  return all.map((one) => one.ids)
}
