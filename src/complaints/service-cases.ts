import { knownByNik } from '#src/people/index.ts'
import { inSocialOffice } from '#src/people/register/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { casesByIds, type ServiceNews } from '#src/programmes/services/index.ts'
import { holdCase, saveCase, theSystem, whoIs } from './case.ts'
import { parseNumber } from './number.ts'
import type { CaseServices } from './service-cases/schema.ts'

/**
 * A service that names a complaint is tied to it, and the complaint learns how it ends, with an answer that is ready to be sent. What
 * becomes of a confidential service is said without its name. Throws 400 at `complaintNumber` when the actor sees no such complaint.
 */
export async function hearOfService(tx: Tx, actor: Actor, news: ServiceNews): Promise<void> {
  if (news.kind === 'applied') return tie(tx, actor, news)
  await withinAsSystem(tx, `service ${news.number}: the complaint learns how it ended`, async (system) => {
    const tied = await system
      .selectFrom('complaint_service')
      .select('complaint_id')
      .where('service_id', '=', news.serviceId)
      .executeTakeFirst()
    if (!tied) return
    const who = theSystem(news.at)
    const held = await holdCase(system, who, tied.complaint_id)
    const named = { number: news.number, programme: news.programme ?? '', outcome: news.outcome ?? '' }
    const key = `services_answer_${news.kind}${news.programme === null ? '_unnamed' : news.outcome === null ? '_plain' : ''}`
    await saveCase(system, who, held, {}, [
      {
        kind: 'service_news',
        public: false,
        body: sentence(key, 'id', named),
        data: { serviceId: news.serviceId, number: news.number, state: news.kind },
      },
    ])
  })
}

async function tie(tx: Tx, actor: Actor, news: ServiceNews): Promise<void> {
  if (news.complaintNumber === null) return
  const parsed = parseNumber(news.complaintNumber)
  const known = parsed.ok
    ? await tx.selectFrom('complaint').select('id').where('number', '=', parsed.number).executeTakeFirst()
    : undefined
  if (!known) throw invalid({ field: 'complaintNumber', code: 'service_complaint_unknown' })
  await withinAsSystem(tx, `service ${news.number}: it came from a complaint`, async (system) => {
    await system
      .insertInto('complaint_service')
      .values({ complaint_id: known.id, service_id: news.serviceId })
      .execute()
    const who = whoIs(actor)
    const held = await holdCase(system, who, known.id)
    await saveCase(system, who, held, {}, [
      { kind: 'service_opened', public: true, data: { serviceId: news.serviceId, number: news.number } },
    ])
  })
}

/** Services that came from a case, as far as the reader sees them; and, for who may apply for one, whom the case names. */
export async function servicesOfCase(tx: Tx, actor: Actor, complaintId: string): Promise<CaseServices> {
  const row = await tx
    .selectFrom('complaint')
    .select(['region_code', 'offices'])
    .where('id', '=', complaintId)
    .executeTakeFirst()
  if (!row) throw notFound('complaint')
  const tied = await tx
    .selectFrom('complaint_service')
    .select('service_id')
    .where('complaint_id', '=', complaintId)
    .execute()
  const cases = await casesByIds(
    tx,
    tied.map((one) => one.service_id),
  )
  // Names in a complaint are for offices that hold or held it.
  const mayApply = inSocialOffice(actor) && actor.officeId !== null && row.offices.includes(actor.officeId)
  return {
    cases,
    mayApply,
    ...(mayApply ? await whom(tx, complaintId) : { people: [], walkIn: null }),
    regionCode: row.region_code,
  }
}

/** Who a case is about: those the register knows by their NIK, else the first one as they were named. */
async function whom(tx: Tx, complaintId: string): Promise<Pick<CaseServices, 'people' | 'walkIn'>> {
  const named = await tx
    .selectFrom('complaint_person')
    .select(['part', 'name', 'nik', 'birth_date', 'address'])
    .where('complaint_id', '=', complaintId)
    .orderBy('seq')
    .execute()
  const concerned = named.filter((one) => one.part === 'concerned' && one.name)
  // Nobody named beside the complainant: they speak for themselves.
  const about = concerned.length > 0 ? concerned : named.filter((one) => one.part === 'complainant' && one.name)
  const known = await knownByNik(
    tx,
    about.flatMap((one) => one.nik ?? []),
  )
  const [first] = about
  return {
    people: known.map(({ id, familyId, nik }) => ({
      personId: id,
      familyId,
      name: about.find((one) => one.nik === nik)?.name ?? '',
    })),
    walkIn: first ? { name: first.name ?? '', birthDate: first.birth_date, address: first.address } : null,
  }
}
