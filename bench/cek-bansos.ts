import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import autocannon from 'autocannon'
import { fullTestDatabase, testServerUrl, type TestDatabase } from '#test/support/postgres.ts'
import { dice } from '#test/support/indonesian-names.ts'
import type { Measured } from './finding.ts'
import { fillPeople } from './people.ts'

const quantile = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0

/**
 * Cek Bansos by NIK among `count` people through HTTP, against the bare minimum (Fastify, `pg`, one person by the same index) in the same
 * run; then at half of what it can answer; then whether time tells an unknown number from one whose assistance is not shown.
 */
export async function checkBench(count: number, seconds: number, told: (line: string) => void): Promise<Measured[]> {
  const database = await fullTestDatabase({ max: 4 })
  const superUrl = await testServerUrl('postgres', new URL(database.ownerUrl).pathname.slice(1))
  await fillPeople(superUrl, count, told)
  await entitle(database)
  told('entitled')
  const niks = await sampled(database.sql, count)
  const children: ChildProcess[] = []
  try {
    const ours = await serve(children, database.appUrl)
    const bare = await serve(children, superUrl, 'bare')
    const shoot = (url: string, more: Partial<autocannon.Options> = {}) =>
      cannon(url, niks, { duration: seconds, ...more })
    // A process that has just started compiles while it serves.
    for (const url of [bare, ours]) await shoot(url, { duration: Math.min(3, seconds) })
    const pairs: [number, number][] = []
    for (let round = 0; round < (seconds < 4 ? 1 : 3); round++)
      pairs.push([(await shoot(bare)).requests.average, (await shoot(ours)).requests.average])
    for (const [one, other] of pairs) told(`bare ${one.toFixed(0)}/s, Cek Bansos ${other.toFixed(0)}/s`)
    const ratio = quantile(pairs.map(([one, other]) => other / one), 0.5) // prettier-ignore
    const rate = quantile(pairs.map((pair) => pair[1]), 0.5) // prettier-ignore
    const half = await shoot(ours, { overallRate: Math.round(rate / 2), duration: seconds < 4 ? 2 : seconds })
    told(`at ${half.requests.average.toFixed(0)}/s: median ${half.latency.p50} ms, p99 ${half.latency.p99} ms`)
    const times = await compared(database.sql, ours, niks, seconds < 4 ? 1 : 4)
    for (const [kind, list] of times) told(`${kind}: median ${quantile(list, 0.5).toFixed(2)} ms, p95 ${quantile(list, 0.95).toFixed(2)} ms`) // prettier-ignore
    const apart = Math.abs(quantile(times.get('unknown') ?? [], 0.5) - quantile(times.get('not shown') ?? [], 0.5))
    const name = count.toLocaleString('id')
    return [
      { what: `Cek Bansos by NIK among ${name} people, against bare`, measured: `${ratio.toFixed(2)} (${rate.toFixed(0)}/s)`, wanted: '≥ 0.6', ok: ratio >= 0.6 },
      { what: 'Cek Bansos at half load, p99', measured: `${half.latency.p99} ms`, wanted: '< 20 ms', ok: half.latency.p99 < 20 },
      { what: 'Cek Bansos, unknown and not shown, medians apart', measured: `${apart.toFixed(2)} ms`, wanted: '< 0.3 ms', ok: apart < 0.3 },
    ] // prettier-ignore
  } finally {
    for (const child of children) if (child.connected) child.disconnect()
  }
}

async function serve(children: ChildProcess[], appUrl: string, ...more: string[]): Promise<string> {
  const child = fork(path.join(import.meta.dirname, 'server.ts'), [appUrl, ...more], { stdio: 'inherit' })
  children.push(child)
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port))
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  return `http://127.0.0.1:${port}`
}

let asked = 0
/** Everybody asks from a network of their own, as on the day a distribution is announced: each try is counted for a new one. */
const fromElsewhere = () => {
  asked++
  return {
    'content-type': 'application/json',
    'x-forwarded-for': `10.${(asked >> 14) & 255}.${(asked >> 6) & 255}.${asked & 63}`,
  }
}

async function cannon(url: string, niks: readonly string[], options: Partial<autocannon.Options>) {
  const result = await autocannon({
    url: `${url}/api/check/nik`,
    connections: 16,
    method: 'POST',
    setupClient: (client) => {
      const next = () => {
        client.setHeaders(fromElsewhere())
        client.setBody(JSON.stringify({ nik: niks[asked % niks.length] }))
      }
      next()
      client.on('response', next)
    },
    ...options,
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${JSON.stringify(result.statusCodeStats)}, ${result.errors} errors`)
  return result
}

/** A third of the families on a list, a tenth waiting, a third with what an import told; a round that hands a part of it out. */
async function entitle({ sql }: Pick<TestDatabase, 'sql'>): Promise<void> {
  const steps = [
    `insert into public_limit select key, '2020-01-02', 2000000000, 3600 from unnest(array['check_area', 'check_area_most']) key`,
    `insert into determination (id, number, programme_code, version, period, period_from, period_to, as_of, known_at, region_code, state, made_by, made_role)
      select '00000000-0000-7000-8000-00000000000d', 'PEN-999999', 'SEMBAKO', version, '2026-T4', current_date - 30, current_date + 30, current_date, now(), '00', 'made',
        gen_random_uuid(), 'officer' from programme_version where programme_code = 'SEMBAKO' limit 1`,
    `insert into determination_result (determination_id, family_id, region_code, outcome, reason)
      select '00000000-0000-7000-8000-00000000000d', id, region_code, 'waiting', 'quota' from family where hashtext(id::text) % 10 = 1`,
    `update determination set state = 'approved', decree_number = 'SK-1'`,
    `insert into entitlement (determination_id, family_id, region_code, programme_code, period, period_from, period_to, payee_name, amount, persons)
      select '00000000-0000-7000-8000-00000000000d', id, region_code, 'SEMBAKO', '2026-T4', current_date - 30, current_date + 30, 'Penerima', 600000, 1
      from family where hashtext(id::text) % 3 = 0`,
    `insert into assistance (family_id, id, region_code, programme_code, period_from, source)
      select id, gen_random_uuid(), region_code, case when hashtext(id::text) % 6 = 1 then 'ATENSI' else 'PBI_JK' end, '2026-01-01', 'import'
      from family where hashtext(id::text) % 3 = 1`,
    `insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, opens_on, closes_on, state, made_by)
      values ('00000000-0000-7000-8000-00000000000e', 'SAL-999999', '00000000-0000-7000-8000-00000000000d', 'SEMBAKO', '2026-T4', 'Sembako', '00', 'community_point',
        current_date, current_date + 20, 'invited', gen_random_uuid())`,
    `insert into distribution_stop (id, round_id, region_code, way, place, starts_at, ends_at, made_by)
      select gen_random_uuid(), '00000000-0000-7000-8000-00000000000e', code, 'community_point', 'Balai desa', now() + interval '2 days', now() + interval '2 days 4 hours',
        gen_random_uuid() from (select distinct region_code code from family) village`,
    `insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_name, amount)
      select '00000000-0000-7000-8000-00000000000e', family_id, region_code, determination_id, payee_name, amount from entitlement`,
  ]
  for (const step of steps) await sql(step)
  for (const table of ['entitlement', 'assistance', 'round_entitlement', 'determination_result', 'distribution_stop'])
    await sql(`vacuum analyze ${table}`)
}

/** Four thousand people from anywhere, and as many numbers nobody has: one in five asks in vain. */
async function sampled(sql: TestDatabase['sql'], count: number): Promise<string[]> {
  const roll = dice(11)
  const ids = Array.from({ length: 4000 }, () => `a0000000-0000-7000-8000-${(1 + Math.floor(roll() * count)).toString(16).padStart(12, '0')}`) // prettier-ignore
  const rows = await sql<{ nik: string }>('select nik from person where id = any ($1) order by md5(id::text)', [ids])
  return rows.map(({ nik }, at) => (at % 5 === 4 ? `99${nik.slice(2)}` : nik))
}

/** Times of single requests in ms, kinds in turn: numbers nobody has, people whose assistance is not shown, people on a list. */
async function compared(
  sql: TestDatabase['sql'],
  url: string,
  niks: readonly string[],
  rounds: number,
): Promise<Map<string, number[]>> {
  const of = async (condition: string) =>
    (await sql<{ nik: string }>(`select p.nik from person p where p.nik = any ($1) and ${condition} limit 150`, [niks])).map((one) => one.nik) // prettier-ignore
  const receives = (table: string) => `exists (select from ${table} e where e.family_id = p.family_id`
  const kinds: Record<string, string[]> = {
    unknown: niks.filter((nik) => nik.startsWith('99')).slice(0, 150),
    'not shown': await of(
      `${receives('assistance')} and e.programme_code = 'ATENSI') and hashtext(p.family_id::text) % 10 <> 1`,
    ),
    shown: await of(`${receives('entitlement')})`),
  }
  const times = new Map(Object.keys(kinds).map((kind) => [kind, [] as number[]]))
  for (let round = -1; round < rounds; round++)
    for (let at = 0; at < 150; at++)
      for (const [kind, list] of Object.entries(kinds)) {
        const nik = list[at % Math.max(1, list.length)]
        if (nik === undefined) continue
        const began = performance.now()
        const res = await fetch(`${url}/api/check/nik`, {
          method: 'POST',
          headers: fromElsewhere(),
          body: JSON.stringify({ nik }),
        })
        const { receives: received } = (await res.json()) as { receives: unknown[] }
        if ((kind === 'shown') !== received.length > 0) throw new Error(`${kind}: ${received.length} programmes`)
        // The first round wakes caches.
        if (round >= 0) times.get(kind)?.push(performance.now() - began)
      }
  return times
}
