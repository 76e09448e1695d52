import { sql } from 'kysely'
import { networkOf } from '#src/access/index.ts'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { invalid, Problem, tooMany } from '#src/platform/http/problem.ts'
import { type Limit, makeMeter, type Meter } from './meter.ts'
import { judge } from './question.ts'

/** Dated limits as they stand now (public_limit, register_term), and what may be shown (check_programme). */
export type Rules = {
  free: Limit
  network: Limit
  area: Limit
  areaMost: Limit
  /** Programmes anybody may see a person receive: code → name. */
  programmes: ReadonlyMap<string, string>
  shownDays: number
  matches: number
  questionHours: number
}

export type Answered = { token: string; answer: string }
export type Door = {
  meter: Meter
  rules: () => Promise<Rules>
  /**
   * Lets a try in, or refuses it: 403 check_question where a question must be answered with it, 400 where the answer is wrong or late, 429
   * where there have been too many. `area` is the kecamatan it is about, six digits. Nothing has been looked up by then, so that no
   * refusal depends on what there is.
   */
  enter: (address: string, area: string, answered: Answered | undefined) => Promise<Rules>
}

export function makeDoor(db: Db, secret: Buffer): Door {
  let known: Rules | undefined
  const meter = makeMeter(db, secret, async (tx) => {
    known = await readRules(tx)
  })
  const rules = async (): Promise<Rules> => {
    await meter.fresh()
    if (!known) throw new Error('the limits were not read')
    return known
  }
  return {
    meter,
    rules,
    enter: async (address, area, answered) => {
      const now = await rules()
      const network = networkOf(address)
      const all = meter.hit('network', network, now.network)
      if (all.hits > now.network.hits) throw tooMany(all.left)
      const free = meter.hit('free', network, now.free)
      const here = meter.hit('area', area, now.area)
      // One count for both limits where they run in one window.
      const most = now.areaMost.seconds === now.area.seconds ? here : meter.hit('most', area, now.areaMost)
      if (most.hits > now.areaMost.hits) throw tooMany(most.left)
      if (free.hits <= now.free.hits && here.hits <= now.area.hits) return now
      if (!answered) throw new Problem(403, 'check_question')
      const { verdict, once } = judge(secret, answered.token, answered.answer, db.clock())
      if (verdict === 'wrong') throw invalid({ field: 'answer', code: 'check_answer' })
      // Each question opens the door once, whichever process it is answered at.
      if (verdict === 'late' || meter.hit('once', once, { hits: 1, seconds: now.questionHours * 7200 }).hits > 1)
        throw invalid({ field: 'answer', code: 'check_answer_late' })
      return now
    },
  }
}

async function readRules(tx: Tx): Promise<Rules> {
  const { rows } = await sql<{ key: string; hits: number; seconds: number }>`
    (select distinct on (key) key, hits, seconds from public_limit
      where key in ('check_free', 'check_network', 'check_area', 'check_area_most') and valid_from <= acting_now()::date order by key, valid_from desc)
    union all
    (select distinct on (key) key, amount, 0 from register_term
      where key in ('check_shown', 'check_matches', 'check_question_open') and valid_from <= acting_now()::date order by key, valid_from desc)`.execute(
    tx,
  )
  const { rows: shown } = await sql<{ code: string; name: string }>`
    select p.code, p.name from programme p
    where (select c.shown from check_programme c where c.programme_code = p.code and c.valid_from <= acting_now()::date order by c.valid_from desc limit 1)
    order by p.code`.execute(tx)
  const limit = (key: string): Limit => {
    const row = rows.find((one) => one.key === key)
    if (!row) throw new Error(`no limit ${key} is in force`)
    return { hits: row.hits, seconds: row.seconds }
  }
  return {
    free: limit('check_free'),
    network: limit('check_network'),
    area: limit('check_area'),
    areaMost: limit('check_area_most'),
    programmes: new Map(shown.map(({ code, name }) => [code, name])),
    shownDays: limit('check_shown').hits,
    matches: limit('check_matches').hits,
    questionHours: limit('check_question_open').hits,
  }
}
