import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export type Busy = { district: string; mine: number; province: string; inProvince: number }

const doors = ['web', 'desk', 'pillar', 'api']
const classes = ['complaint', 'complaint', 'information', 'suggestion']
const matters = [
  'enrolment.not_listed',
  'delivery.late',
  'delivery.card',
  'enrolment.inactive',
  'administration',
  'programme_need',
]
const programmes = ['BST', 'PKH', 'SEMBAKO', 'PBI_JK', '\\N']
const openStates = ['received', 'verified', 'in_progress', 'answered']
const doneStates = ['closed', 'closed', 'closed_automatically', 'rejected']
const columns =
  'id, number, region_code, filed_at, filed_on, door, class, matter, programme_code, summary, body, state, office_id, office_tier, offices, due_at, due_clock, overdue, answered_tier, settled_at, settled_days, satisfied, changed_at, last_seq'
const END = Date.parse('2026-11-20T02:00:00Z')

/**
 * Puts `count` plausible complaints into a migrated database by COPY, past triggers and foreign keys, and makes the
 * indexes again afterwards. For benchmarks only. `mine` of them are open in one district's office, so that its officer
 * has the same work whatever the size of the country; a share `inProvince` lies in one province, the rest anywhere.
 */
export async function fill(superUrl: string, count: number, busy: Busy): Promise<void> {
  const client = new pg.Client({ connectionString: superUrl })
  await client.connect()
  try {
    await client.query(`set session_replication_role = replica; set maintenance_work_mem = '1GB'`)
    const { rows: villages } = await client.query<{ code: string }>(
      `select code from region where tier = 'village' order by code`,
    )
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(`
      select indexrelid::regclass::text name, pg_get_indexdef(indexrelid) definition from pg_index
      where indrelid = 'complaint'::regclass and not indisprimary`)
    for (const { name } of indexes) await client.query(`drop index ${name}`)
    const all = villages.map((row) => row.code)
    const places = {
      all,
      mine: all.filter((code) => code.startsWith(`${busy.district}.`)),
      home: all.filter((code) => code.startsWith(`${busy.province}.`)),
    }
    await pipeline(
      Readable.from(lines(count, busy, places), { objectMode: true }),
      client.query(copyFrom(`copy complaint (${columns}) from stdin`)),
    )
    for (const { definition } of indexes) await client.query(definition)
    await client.query('vacuum analyze complaint')
  } finally {
    await client.end()
  }
}

type Places = { all: string[]; mine: string[]; home: string[] }

function* lines(count: number, busy: Busy, places: Places): Generator<string> {
  let chunk = ''
  for (let i = 1; i <= count; i++) {
    chunk += line(i, busy, places)
    if (i % 500 === 0 || i === count) {
      yield chunk
      chunk = ''
    }
  }
}

const at = <T>(list: readonly T[], index: number): T => {
  const one = list[index % list.length]
  if (one === undefined) throw new Error('an empty list')
  return one
}
const iso = (ms: number) => new Date(ms).toISOString()

function line(i: number, busy: Busy, places: Places): string {
  const mine = i <= busy.mine
  // A multiplicative hash spreads the rows without remembering anything.
  const spread = Math.imul(i, 2_654_435_761) >>> 0
  const village = mine
    ? at(places.mine, i)
    : (spread % 1000) / 1000 < busy.inProvince
      ? at(places.home, spread >>> 7)
      : at(places.all, spread >>> 5)
  const open = mine || i % 5 === 0
  const state = at(open ? openStates : doneStates, i)
  const tier = mine || i % 3 === 1 ? 'district' : i % 3 === 0 ? 'regency' : 'village'
  const office = `${tier === 'village' ? village : village.slice(0, tier === 'district' ? 8 : 5)}/social`
  const filed = END - (spread % 31_000_000) * 1000
  const id = randomBytes(16).toString('hex')
  const body = `Bantuan belum diterima keluarga nomor ${i} padahal sudah terdaftar sejak lama dan tetangga sudah menerima ${id.slice(0, 8)}`
  const settled = !open
  return `${[
    id,
    `B${i.toString(36).toUpperCase()}`,
    village,
    iso(filed),
    iso(filed).slice(0, 10),
    at(doors, i),
    at(classes, i >>> 2),
    at(matters, i >>> 3),
    at(programmes, i >>> 1),
    `Bantuan belum diterima keluarga nomor ${i}`,
    body,
    state,
    office,
    tier,
    `{${office}}`,
    open ? iso(filed + 20 * 86_400_000) : '\\N',
    open ? 'settlement' : '\\N',
    open && i % 6 === 0 ? 't' : 'f',
    settled && state !== 'rejected' ? tier : '\\N',
    settled ? iso(filed + (i % 20) * 86_400_000) : '\\N',
    settled ? i % 15 : '\\N',
    state === 'closed' ? (i % 5 === 0 ? 'f' : 't') : '\\N',
    iso(filed),
    2,
  ].join('\t')}\n`
}
