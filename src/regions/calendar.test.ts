import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { addWorkingDays, isWorkingDay, whyNotWorking } from '#src/platform/calendar/index.ts'
import type { Actor, Role } from '#src/platform/db/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { onCalendarChange, type ChangedDays } from './calendar-change.ts'
import { calendarFor, calendarsFor, regionZone } from './calendars.ts'
import { addHoliday, fillHolidays, holidaysOf, removeHoliday, renameHoliday } from './holidays.ts'
import { changeContact, officeChain } from './offices.ts'
import { removeWorkingWeek, setWorkingWeek, workingWeeksOf } from './working-weeks.ts'

const at = new Date('2026-11-23T02:00:00Z')
const actor = (regionCode: string, role: Role = 'administrator'): Actor => ({
  accountId: '01934f00-0000-7000-8000-000000000001',
  assignmentId: '01934f00-0000-7000-8000-000000000002',
  name: 'Sri Invented',
  role,
  regionCode,
  officeId: role === 'officer' ? `${regionCode}/social` : null,
  pillarKind: null,
  at,
})
const refused = (code: string) => (error: unknown) =>
  error instanceof Problem ? error.code === code : (error as { code?: string }).code === code

describe('the working calendar', async () => {
  const database = await testDatabase({ clock: () => at })
  await fillHolidays(database.db)
  const calendar = (code: string) => database.db.asPublic((tx) => calendarFor(tx, code))
  const stored = (text: string) => database.sql(text)

  test('national holidays hold everywhere, in the zone of each region', async () => {
    const [bekasi, manado, fakfak] = await Promise.all(['32.75.01.1002', '71.01', '92'].map(calendar))
    assert.equal(bekasi?.zone, 'Asia/Jakarta')
    assert.equal(manado?.zone, 'Asia/Makassar')
    assert.equal(fakfak?.zone, 'Asia/Jayapura')
    for (const one of [bekasi, manado, fakfak]) {
      assert.ok(one)
      assert.equal(one.holidays.get('2026-08-17'), 'Proklamasi Kemerdekaan')
      assert.deepEqual(one.weeks, [
        { validFrom: '2020-01-01', workingWeekdays: [1, 2, 3, 4, 5], opens: '08:00', closes: '16:00' },
      ])
      assert.equal(addWorkingDays('2026-12-23', 1, one), '2026-12-28')
    }
    assert.equal(await database.db.asPublic((tx) => regionZone(tx, '64')), 'Asia/Makassar')
    await assert.rejects(calendar('98'), refused('not_found'))
  })

  test('a regional day off holds in the region and beneath, nowhere else', async () => {
    const day = '2026-11-25'
    await database.db.as(actor('33.13'), (tx) =>
      addHoliday(tx, actor('33.13'), { regionCode: '33.13', day, name: ' Hari Jadi Karanganyar ', kind: 'regional' }),
    )
    for (const code of ['33.13', '33.13.09', '33.13.09.1007'])
      assert.deepEqual(whyNotWorking(day, await calendar(code)), { kind: 'holiday', name: 'Hari Jadi Karanganyar' })
    for (const code of ['00', '33', '33.05', '32.75', '32.75.01.1002'])
      assert.ok(isWorkingDay(day, await calendar(code)), code)
    const many = await database.db.asPublic((tx) => calendarsFor(tx, ['33.13.09', '32.75', '98', '33.13.09']))
    assert.deepEqual([...many.keys()].sort(), ['32.75', '33.13.09'])
    assert.ok(many.get('33.13.09')?.holidays.has(day))
    assert.ok(!many.get('32.75')?.holidays.has(day))
  })

  test('the nearest region with weeks of its own decides from its first week on', async () => {
    const six = { weekdays: [6, 1, 2, 3, 4, 5], opens: '07:30', closes: '14:00' }
    await database.db.as(actor('33.13'), (tx) => setWorkingWeek(tx, actor('33.13'), '33.13', '2026-12-01', six))
    await database.db.as(actor('00'), (tx) =>
      setWorkingWeek(tx, actor('00'), '00', '2027-02-08', {
        weekdays: [1, 2, 3, 4, 5],
        opens: '08:00',
        closes: '15:00',
      }),
    )
    const here = await calendar('33.13.09')
    assert.deepEqual(
      here.weeks.map((week) => [week.validFrom, week.closes]),
      [
        ['2020-01-01', '16:00'],
        ['2026-12-01', '14:00'],
      ],
    )
    assert.deepEqual(here.weeks[1]?.workingWeekdays, [1, 2, 3, 4, 5, 6])
    assert.ok(!isWorkingDay('2026-11-28', here))
    assert.ok(isWorkingDay('2026-12-05', here))
    assert.deepEqual(
      (await calendar('32.75')).weeks.map((week) => [week.validFrom, week.closes]),
      [
        ['2020-01-01', '16:00'],
        ['2027-02-08', '15:00'],
      ],
    )
    const seen = await database.db.asPublic((tx) => workingWeeksOf(tx, actor('33.13'), '33.13.09'))
    assert.deepEqual(
      seen.map((week) => [week.regionCode, week.validFrom, week.can.change]),
      [
        ['00', '2020-01-01', false],
        ['00', '2027-02-08', false],
        ['33.13', '2026-12-01', true],
      ],
    )
    await database.db.as(actor('33'), (tx) => removeWorkingWeek(tx, '33.13', '2026-12-01'))
    assert.equal((await calendar('33.13.09')).weeks.length, 2)
  })

  test('the nation keeps one working week, and one closes after it opens', async () => {
    await database.db.as(actor('00'), (tx) => removeWorkingWeek(tx, '00', '2027-02-08'))
    await assert.rejects(
      database.db.as(actor('00'), (tx) => removeWorkingWeek(tx, '00', '2020-01-01')),
      refused('last_working_week'),
    )
    await assert.rejects(
      database.db.as(actor('00'), (tx) =>
        setWorkingWeek(tx, actor('00'), '00', '2027-01-01', { weekdays: [1], opens: '16:00', closes: '16:00' }),
      ),
      refused('invalid_request'),
    )
  })

  test('an administrator changes nothing outside the region', async () => {
    const here = actor('33.13')
    const outside = ['32.75', '33', '00', '33.05', '33.1'.padEnd(5, '2')]
    for (const regionCode of outside) {
      const kind = regionCode === '00' ? 'national' : 'regional'
      const holiday = { regionCode, day: '2026-11-27', name: 'Hari Rekaan', kind } as const
      await assert.rejects(
        database.db.as(here, (tx) => addHoliday(tx, here, holiday)),
        refused('42501'),
        regionCode,
      )
      // Not vacuous: the same act in the same words succeeds for who may do it.
      const there = actor(regionCode)
      await database.db.as(there, (tx) => addHoliday(tx, there, holiday))
      await assert.rejects(
        database.db.as(here, (tx) => removeHoliday(tx, regionCode, '2026-11-27')),
        refused('outside_region'),
      )
      await assert.rejects(
        database.db.as(here, (tx) => renameHoliday(tx, here, regionCode, '2026-11-27', { name: 'Lain', kind })),
        refused('outside_region'),
      )
      assert.deepEqual(
        await stored(`select name from holiday where region_code = '${regionCode}' and day = '2026-11-27'`),
        [{ name: 'Hari Rekaan' }],
      )
      await assert.rejects(
        database.db.as(here, (tx) =>
          setWorkingWeek(tx, here, regionCode, '2026-12-01', { weekdays: [1], opens: '08:00', closes: '09:00' }),
        ),
        refused('42501'),
      )
      await database.db.as(there, (tx) => removeHoliday(tx, regionCode, '2026-11-27'))
    }
  })

  test('no other role changes anything, even at home', async () => {
    for (const role of ['officer', 'supervisor', 'auditor', 'pillar'] as const) {
      const who = actor('33.13', role)
      await assert.rejects(
        database.db.as(who, (tx) =>
          addHoliday(tx, who, { regionCode: '33.13', day: '2026-11-30', name: 'Hari Rekaan', kind: 'regional' }),
        ),
        refused('42501'),
        role,
      )
      await assert.rejects(
        database.db.as(who, (tx) =>
          changeContact(tx, '33.13', 'social', { name: 'Dinas Lain', address: null, phone: null, email: null }),
        ),
        refused('outside_region'),
        role,
      )
    }
    await assert.rejects(
      database.db.asPublic((tx) =>
        addHoliday(tx, actor('33.13'), { regionCode: '33.13', day: '2026-11-30', name: 'X', kind: 'regional' }),
      ),
      refused('42501'),
    )
  })

  test('the same day twice, the wrong kind, an unknown region, a day that is no holiday', async () => {
    const who = actor('00')
    const add = (regionCode: string, day: string, kind: 'national' | 'regional' | 'collective_leave') =>
      database.db.as(who, (tx) => addHoliday(tx, who, { regionCode, day, name: 'Hari Rekaan', kind }))
    await assert.rejects(add('00', '2026-08-17', 'national'), refused('holiday_exists'))
    await assert.rejects(add('33', '2026-11-26', 'national'), refused('invalid_request'))
    await assert.rejects(add('00', '2026-11-26', 'regional'), refused('invalid_request'))
    await assert.rejects(add('98', '2026-11-26', 'regional'), refused('invalid_request'))
    await assert.rejects(
      database.db.as(who, (tx) => removeHoliday(tx, '00', '2026-11-26')),
      refused('not_found'),
    )
  })

  test('who follows the calendar is told in the same transaction, as the system', async () => {
    const told: [string, ChangedDays, string, string | null][] = []
    const stop = onCalendarChange(async (tx, regionCode, changed) => {
      const { rows } = await (
        await import('kysely')
      ).sql<{ role: string; actor: string }>`
        select current_user::text role, current_setting('app.actor') actor`.execute(tx)
      // What was just done is seen, and rows of people nobody in the administration sees are within reach.
      await tx.selectFrom('complaint').select('id').limit(1).forUpdate().execute()
      told.push([regionCode, changed, rows[0]?.role ?? '', rows[0]?.actor ?? null])
    })
    const who = actor('33.13')
    const holiday = { regionCode: '33.13.09', day: '2026-12-07', name: 'Hari Rekaan', kind: 'regional' } as const
    await database.db.as(who, async (tx) => {
      await addHoliday(tx, who, holiday)
      // Afterwards the transaction is the administrator's again, with their scope and role.
      await assert.rejects(
        (async () => {
          await (await import('kysely')).sql`savepoint s`.execute(tx)
          await addHoliday(tx, who, { ...holiday, regionCode: '32.75' })
        })(),
        refused('42501'),
      )
      await (await import('kysely')).sql`rollback to s`.execute(tx)
      await setWorkingWeek(tx, who, '33.13', '2026-12-07', { weekdays: [1, 2], opens: '08:00', closes: '12:00' })
    })
    await database.db.as(who, (tx) =>
      renameHoliday(tx, who, '33.13.09', '2026-12-07', { name: 'Lain', kind: 'regional' }),
    )
    await database.db.as(who, (tx) => removeHoliday(tx, '33.13.09', '2026-12-07'))
    stop()
    await database.db.as(who, (tx) => removeWorkingWeek(tx, '33.13', '2026-12-07'))
    const by = ['pilar_system', who.accountId] as const
    assert.deepEqual(told, [
      ['33.13.09', { days: ['2026-12-07'] }, ...by],
      ['33.13', { from: '2026-12-07' }, ...by],
      ['33.13.09', { days: ['2026-12-07'] }, ...by],
    ])
    const audit = await stored(
      `select act, actor_role from audit_entry where subject = 'holiday' and subject_id = '33.13.09/2026-12-07' order by id`,
    )
    assert.deepEqual(
      audit.map((row) => `${row['act']} ${row['actor_role']}`),
      ['insert administrator', 'update administrator', 'delete administrator'],
    )
  })

  test('a listener that fails takes the change with it', async () => {
    const stop = onCalendarChange(async () => {
      throw new Error('no')
    })
    const who = actor('33.13')
    await assert.rejects(
      database.db.as(who, (tx) =>
        addHoliday(tx, who, { regionCode: '33.13', day: '2026-12-09', name: 'Hari Rekaan', kind: 'regional' }),
      ),
      /^Error: no$/,
    )
    stop()
    assert.deepEqual(await stored(`select 1 from holiday where day = '2026-12-09'`), [])
  })

  test('the list of a year says which rows the reader may change', async () => {
    const rows = await database.db.asPublic((tx) => holidaysOf(tx, actor('33.13'), '33.13.09.1007', 2026))
    assert.ok(rows.length > 20)
    assert.deepEqual(
      rows.filter((row) => row.can.change).map((row) => [row.day, row.regionName]),
      [['2026-11-25', 'Kabupaten Karanganyar']],
    )
    const days = rows.map((row) => row.day)
    assert.deepEqual(days, [...days].sort())
    const nobody = await database.db.asPublic((tx) => holidaysOf(tx, null, '33.13', 2026))
    assert.ok(nobody.every((row) => !row.can.change))
  })

  test('years are filled once', async () => {
    assert.equal(await fillHolidays(database.db), 0)
    await stored(`delete from holiday where day = '2026-12-25'`)
    assert.equal(await fillHolidays(database.db), 0)
    assert.deepEqual(await stored(`select 1 from holiday where day = '2026-12-25'`), [])
  })
})

describe('offices', async () => {
  const database = await testDatabase({ clock: () => at })
  const chain = (code: string) => database.db.asPublic((tx) => officeChain(tx, code))

  test('the chain runs from the village to the ministry', async () => {
    assert.deepEqual(
      (await chain('32.75.01.1002')).map((one) => [one.id, one.tier, one.staffed]),
      [
        ['32.75.01.1002/social', 'village', false],
        ['32.75.01/social', 'district', false],
        ['32.75/social', 'regency', false],
        ['32/social', 'province', false],
        ['00/social', 'nation', false],
      ],
    )
    assert.deepEqual(
      (await chain('00')).map((one) => one.name),
      ['Kementerian Sosial'],
    )
    assert.deepEqual(await chain('98.01'), await chain('00'))
  })

  test('an office is staffed while somebody may act for it', async () => {
    const staffed = async () => (await chain('32.75.01.1002')).filter((one) => one.staffed).map((one) => one.id)
    const account = '01934f00-0000-7000-8000-00000000000a'
    const assignment = '01934f00-0000-7000-8000-00000000000b'
    await database.db.asSystem('test', async (tx) => {
      const id = account
      await tx
        .insertInto('account')
        .values({ id, username: 'wati.rekaan', name: 'Wati Rekaan', home_region_code: '32.75' })
        .execute()
      await tx
        .insertInto('assignment')
        .values({
          id: assignment,
          account_id: account,
          role: 'officer',
          region_code: '32.75.01.1002',
          office_id: '32.75.01.1002/social',
          valid_from: '2026-11-01',
        })
        .execute()
    })
    assert.deepEqual(await staffed(), ['32.75.01.1002/social'])
    const set = (table: 'account' | 'assignment', change: object) =>
      database.db.asSystem('test', (tx) =>
        tx
          .updateTable(table)
          .set(change)
          .where('id', '=', table === 'account' ? account : assignment)
          .execute(),
      )
    await set('account', { active: false })
    assert.deepEqual(await staffed(), [])
    await set('account', { active: true })
    assert.deepEqual(await staffed(), ['32.75.01.1002/social'])
    await set('assignment', { valid_to: '2026-11-20' })
    assert.deepEqual(await staffed(), [])
    await set('assignment', { valid_to: null })
    await set('assignment', { ended_at: at })
    assert.deepEqual(await staffed(), [])
  })

  test('contact is written by the administrator of the region or above, and watched', async () => {
    const contact = {
      name: 'Puskesos Kelurahan Margahayu',
      address: ' Jalan Rekaan 1 ',
      phone: '021 5550101',
      email: 'Puskesos@Margahayu.Example',
    }
    const change = (regionCode: string) =>
      database.db.as(actor(regionCode), (tx) => changeContact(tx, '32.75.01.1002', 'social', contact))
    await assert.rejects(change('33.13'), refused('outside_region'))
    await assert.rejects(change('32.75.01.1003'), refused('outside_region'))
    const office = await change('32.75')
    assert.deepEqual(
      [office.address, office.phone, office.email],
      ['Jalan Rekaan 1', '021 5550101', 'puskesos@margahayu.example'],
    )
    const [entry] = await database.sql(
      `select act, actor_role, region_code from audit_entry where subject = 'office' and act = 'update' order by id desc limit 1`,
    )
    assert.deepEqual(entry, { act: 'update', actor_role: 'administrator', region_code: '32.75.01.1002' })
  })
})
