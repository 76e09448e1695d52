import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Change, FamilyPart, PersonPart } from '../register/change.ts'
import { recordChange } from '../register/index.ts'
import { importFile } from './index.ts'

const now = new Date('2026-11-20T03:00:00Z')
const loaded = await testDatabase({ clock: () => now })
const told = await testDatabase({ clock: () => now })
const officer = { role: 'supervisor', regionCode: '32.75' } as const
const { actor } = await signedIn(loaded, officer)
const other = await signedIn(told, officer)
const folder = await mkdtemp(path.join(tmpdir(), 'pilar-import-'))
after(() => rm(folder, { recursive: true, force: true }))

const tables = {
  family: 'id',
  person: 'id',
  person_sealed: 'person_id',
  register_event: 'subject_id, seq',
  register_event_sealed: 'subject_id, seq',
}
/** Not told by a change: the key of the other system; ids of acts and of accounts differ by nature. */
const apart = ['external_key', 'change_id', 'recorded_by']

async function everything(sql: typeof loaded.sql) {
  const all: Record<string, unknown> = {}
  for (const [table, order] of Object.entries(tables)) {
    const rows = await sql<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${table} t order by ${order}`,
    )
    all[table] = rows.map(({ row }) => {
      for (const column of apart) delete row[column]
      if (Array.isArray(row['search_keys'])) row['search_keys'] = (row['search_keys'] as number[]).toSorted()
      return row
    })
  }
  return all
}

const word = fc.constantFrom(
  'Siti',
  "Nur'aini",
  'Ma"ruf',
  'Tab\\slash',
  'Sri Rahayu',
  'Ö. Çelik',
  'Budi; Santoso',
  'M. Yusuf',
)
const member = fc.record({
  name: fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  born: fc.date({ min: new Date('1930-01-01'), max: new Date('2026-11-01'), noInvalidDate: true }),
  sex: fc.constantFrom('L', 'P', '', 'entah'),
  relationship: fc.constantFrom('Kepala Keluarga', 'Istri', 'Anak', 'Cucu', '9', ''),
  disability: fc.constantFrom('', 'Tidak', 'Fisik', 'Rungu Wicara', 'Netra; Mental'),
  pregnant: fc.constantFrom('', 'Ya', 'Tidak'),
  alive: fc.constantFrom('Hidup', 'Meninggal', ''),
  hasNik: fc.boolean(),
})
const family = fc.record({
  members: fc.array(member, { minLength: 1, maxLength: 5 }),
  village: fc.constantFrom('3275011002', '32.75.04.1004', '3275011001'),
  address: fc.constantFrom('Jl. Mawar No. 3', '', 'Gg. "Haji" Abdul\\B'),
  rt: fc.constantFrom('1', '007', ''),
  decile: fc.constantFrom('', '1', '4,0', '10'),
})

let serial = 0
const csv = (cell: string) => `"${cell.replaceAll('"', '""')}"`

test('families loaded from a file are held exactly as if they had been told one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(family, { minLength: 1, maxLength: 6 }), async (families) => {
      const all = [...Object.keys(tables), 'assistance', 'family_past', 'person_past'].join(', ')
      for (const { sql } of [loaded, told]) await sql(`truncate ${all}`)
      const lines = families.flatMap((one, at) =>
        one.members.map((person) =>
          [
            `3275010101019${String(at).padStart(3, '0')}`,
            person.hasNik ? `99010112017${String(90000 + (++serial % 9999)).slice(0, 5)}` : '',
            person.name,
            `${person.born.getUTCDate()}/${person.born.getUTCMonth() + 1}/${person.born.getUTCFullYear()}`,
            person.sex,
            person.relationship,
            person.disability,
            person.pregnant,
            person.alive,
            one.village,
            one.address,
            one.rt,
            one.decile,
          ]
            .map(csv)
            .join(','),
        ),
      )
      const file = path.join(folder, `${++serial}.csv`)
      await writeFile(
        file,
        `NO KK,NIK,Nama,Tanggal Lahir,JK,Hubungan Keluarga,Keterangan Disabilitas,Hamil,masih_hidup_label,Kode Wilayah,Alamat,RT,Desil\n17/08/1945,,,31/12/1990,,,,,,,,,\n${lines.join('\n')}\n`,
      )
      const { number } = await importFile(loaded.db, actor, { file, options: { decilePeriod: '2026-Q3' } })
      const changes = await changesOf(number)
      assert.ok(changes.length > 0)
      for (const change of changes)
        await told.db.as({ ...other.actor, at: now }, (tx) => recordChange(tx, { ...other.actor, at: now }, change))
      assert.deepEqual(await everything(loaded.sql), await everything(told.sql))
    }),
    { numRuns: 12 },
  )
})

/** What the database held as JSON. */
const asParts = (parts: unknown) => parts as (FamilyPart | PersonPart)[]

/** Each family of the import as the change somebody would tell, made of its events alone. */
async function changesOf(number: string): Promise<Change[]> {
  const events = await loaded.sql<{
    subject: string
    id: string
    family: string
    patch: object
    sealed: object | null
    on: string
    to: string
  }>(
    `select e.subject, e.subject_id as id, e.family_id as family, e.patch, s.patch as sealed, e.effective_on::text as on, e.reported_on::text as to
     from register_event e left join register_event_sealed s using (subject_id, seq) where source_ref = $1 order by e.subject, e.subject_id`,
    [number],
  )
  const families = new Set(events.map((one) => one.family))
  return [...families].map((family): Change => {
    const own = events.filter((one) => one.family === family)
    return {
      id: crypto.randomUUID(),
      kind: 'registered',
      effectiveOn: own[0]?.on ?? '',
      source: 'import',
      sourceRef: number,
      check: 'none',
      parts: asParts(
        own.map((one) => ({
          subject: one.subject,
          subjectId: one.id,
          isNew: true,
          patch: one.patch,
          ...(one.sealed && { sealed: one.sealed }),
        })),
      ),
    }
  })
}
