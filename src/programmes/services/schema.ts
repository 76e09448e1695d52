import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionRef } from '#src/regions/schema.ts'
import { Definition, Phase, StepKind, Unit } from './definition.ts'
import { acts, states } from './machine.ts'

/** What crosses the wire about services. Days 'YYYY-MM-DD' in the region's zone, instants ISO 8601 in UTC. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Maybe = Type.Optional
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' })
const ProgrammeCode = Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })
const Named = Type.Object({ code: Type.String(), name: Type.String(), nameEn: Type.String() }, strict)
export type Named = Static<typeof Named>

export * from './schema-acts.ts'
export * from './schema-plans.ts'
export { Definition } from './definition.ts'
export { closings, countings, phases, stepKinds } from './definition.ts'
export type { Closing, FormProperty, Phase, PlanOutcome, PlanStep, StepKind, StepResult, Unit } from './definition.ts'
export const State = Type.Enum([...states])
export type State = Static<typeof State>
export const Act = Type.Enum([...acts])
export type Act = Static<typeof Act>

/** A programme that is carried out, with its plan in force today. */
export const Service = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    planFrom: Day,
    verified: Type.Boolean({ description: 'False: not checked against the text of the rule' }),
    source: Type.String(),
    definition: Definition,
  },
  strict,
)
export type Service = Static<typeof Service>

// What is shown -----------------------------------------------------------------------------------------------------

const About = Type.Object(
  {
    inside: Type.Boolean({ description: 'Whether the reader holds the case or was given a step of it' }),
    name: Nullable(Type.String({ description: 'initials only, unless inside' })),
    address: Nullable(Type.String()),
    rt: Nullable(Type.String()),
    rw: Nullable(Type.String()),
  },
  strict,
)
export type About = Static<typeof About>

const brief = {
  id: Uuid,
  number: Type.String(),
  programme: Type.Object({ code: ProgrammeCode, name: Type.String() }, strict),
  unit: Unit,
  confidential: Type.Boolean(),
  about: About,
  region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
  state: State,
  worker: Nullable(Type.String()),
  openedOn: Day,
  startedOn: Nullable(Day),
  closedOn: Nullable(Day),
  outcome: Nullable(Named),
  nextStep: Nullable(Named),
  nextDue: Nullable(Day),
  daysLeft: Nullable(Type.Integer({ description: 'until nextDue; below zero: overdue' })),
  stepsDone: Type.Integer(),
  stepsPlanned: Type.Integer(),
}
export const CaseBrief = Type.Object(brief, strict)
export type CaseBrief = Static<typeof CaseBrief>

export const figures = ['applied', 'started', 'running', 'overdue', 'finished', 'stopped', 'rejected'] as const
export const Figure = Type.Enum([...figures])
export type Figure = Static<typeof Figure>
const filters = {
  view: Maybe(Type.Enum(['mine', 'all'])),
  status: Maybe(Type.Enum(['open', 'closed', 'all'])),
  programme: Maybe(ProgrammeCode),
  state: Maybe(State),
  outcome: Maybe(Code),
  region: Maybe(RegionCode),
  family: Maybe(Uuid),
  q: Maybe(Type.String({ maxLength: 120 })),
  figure: Maybe(Figure),
  from: Maybe(Day),
  to: Maybe(Day),
  sort: Maybe(Type.Enum(['due', 'opened', '-opened', 'changed'])),
}
export const CaseQuery = Type.Object(
  {
    ...filters,
    after: Maybe(Type.String({ maxLength: 200 })),
    limit: Maybe(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type CaseQuery = Static<typeof CaseQuery>
export const CaseExportQuery = Type.Object({ ...filters, format: Maybe(Type.Enum(['csv', 'xlsx'])) }, strict)
export const CasePage = Type.Object({ items: Type.Array(CaseBrief), next: Nullable(Type.String()) }, strict)
export type CasePage = Static<typeof CasePage>

export const CaseStep = Type.Object(
  {
    seq: Type.Integer(),
    code: Type.String(),
    name: Type.String(),
    nameEn: Type.String(),
    phase: Phase,
    kind: StepKind,
    required: Type.Boolean(),
    dueOn: Nullable(Day),
    daysLeft: Nullable(Type.Integer()),
    moved: Type.Boolean(),
    assignee: Nullable(Type.Object({ id: Uuid, name: Type.String() }, strict)),
    doneOn: Nullable(Day),
    met: Nullable(Type.Boolean()),
    dropped: Type.Boolean(),
    mayRecord: Type.Boolean(),
    record: Nullable(
      Type.Object(
        {
          result: Named,
          topic: Nullable(Named),
          answers: Type.Record(Type.String(), Type.Unknown()),
          note: Nullable(Type.String()),
          photos: Type.Array(Uuid),
          attendance: Type.Array(
            Type.Object({ name: Type.String(), present: Type.Boolean(), note: Nullable(Type.String()) }, strict),
          ),
        },
        { ...strict, description: 'Only for who holds the case and has opened the family' },
      ),
    ),
  },
  strict,
)
export type CaseStep = Static<typeof CaseStep>

export const Member = Type.Object(
  {
    id: Uuid,
    familyId: Nullable(Uuid),
    name: Type.String(),
    joinedOn: Day,
    leftOn: Nullable(Day),
    present: Type.Integer({ description: 'meetings they came to' }),
    meetings: Type.Integer({ description: 'meetings since they joined' }),
  },
  strict,
)
export type Member = Static<typeof Member>

export const CaseEvent = Type.Object(
  {
    seq: Type.Integer(),
    at: Instant,
    kind: Type.String(),
    byName: Type.String(),
    byRole: Type.String(),
    detail: Type.Record(Type.String(), Type.Unknown()),
    body: Nullable(Type.String()),
  },
  strict,
)
export type CaseEvent = Static<typeof CaseEvent>

export const ServiceCase = Type.Object(
  {
    ...brief,
    timeZone: Type.String(),
    office: Type.String(),
    familyId: Nullable(Uuid),
    nik: Nullable(Type.String({ description: 'masked' })),
    birthDate: Nullable(Day),
    phone: Nullable(Type.String()),
    complaintNumber: Nullable(Type.String()),
    workerId: Nullable(Uuid),
    plan: Type.Object({ from: Day, verified: Type.Boolean(), source: Type.String() }, strict),
    definition: Definition,
    content: Type.Enum(['shown', 'open_first', 'hidden'], {
      description: 'What was found: shown, shown once the family is opened, or not for this reader',
    }),
    steps: Type.Array(CaseStep),
    members: Type.Array(Member),
    events: Type.Array(CaseEvent),
    missing: Type.Array(Type.String(), { description: 'codes of required steps that are not done' }),
    can: Type.Array(Act),
    next: Nullable(Act),
    planDays: Type.Record(Type.String(), Day, {
      description: 'Of steps that can be planned: the day the plan says, from today',
    }),
  },
  strict,
)
export type ServiceCase = Static<typeof ServiceCase>

export const Worker = Type.Object({ accountId: Uuid, name: Type.String(), what: Type.String() }, strict)
export type Worker = Static<typeof Worker>

/** One thing to do, with what its page on a telephone needs. */
export const StepTask = Type.Object(
  {
    caseId: Uuid,
    seq: Type.Integer(),
    number: Type.String(),
    programme: Type.String(),
    about: About,
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    step: Type.Object(
      { code: Type.String(), name: Type.String(), nameEn: Type.String(), kind: StepKind, group: Type.Boolean() },
      strict,
    ),
    dueOn: Nullable(Day),
    daysLeft: Nullable(Type.Integer()),
    lat: Nullable(Type.Number()),
    lon: Nullable(Type.Number()),
    exact: Type.Boolean({ description: 'the point is where they were met, not that of the village' }),
  },
  strict,
)
export type StepTask = Static<typeof StepTask>

export const WorkDay = Type.Object(
  {
    today: Day,
    overdue: Type.Array(StepTask),
    due: Type.Array(StepTask, { description: 'today' }),
    soon: Type.Array(StepTask),
    soonDays: Type.Integer(),
    doneToday: Type.Integer(),
    groups: Type.Array(
      Type.Object({ id: Uuid, name: Nullable(Type.String()), programme: Type.String(), region: Type.String() }, strict),
    ),
    more: Type.Boolean(),
  },
  strict,
)
export type WorkDay = Static<typeof WorkDay>

export const StepPage = Type.Object(
  {
    ...StepTask.properties,
    open: Type.Boolean(),
    mayRecord: Type.Boolean(),
    results: Type.Array(Type.Object({ ...Named.properties, met: Type.Boolean() }, strict)),
    topics: Type.Array(Named),
    nextTopic: Nullable(Type.String({ description: 'the first one, in their order, that was not held yet' })),
    form: Nullable(Type.Record(Type.String(), Type.Unknown())),
    members: Type.Array(Type.Object({ id: Uuid, name: Type.String() }, strict)),
    photos: Type.Integer(),
  },
  strict,
)
export type StepPage = Static<typeof StepPage>

export const Recorded = Type.Object(
  { id: Uuid, seq: Type.Integer(), state: State, repeated: Type.Boolean(), again: Nullable(Day) },
  strict,
)
export type Recorded = Static<typeof Recorded>

const Count = Type.Integer({ minimum: 0 })
const Counts = Type.Object(
  {
    applied: Count,
    started: Count,
    running: Count,
    overdue: Count,
    finished: Count,
    stopped: Count,
    rejected: Count,
  },
  { ...strict, description: 'Cases; running and overdue as of today, the others within the days asked for' },
)
export type Counts = Static<typeof Counts>
export const ResultsQuery = Type.Object(
  { region: Maybe(RegionCode), programme: Maybe(ProgrammeCode), from: Maybe(Day), to: Maybe(Day) },
  strict,
)
export const ResultsExportQuery = Type.Object(
  { ...ResultsQuery.properties, format: Maybe(Type.Enum(['csv', 'xlsx'])) },
  strict,
)
export const Results = Type.Object(
  {
    region: RegionRef,
    from: Day,
    to: Day,
    total: Counts,
    programmes: Type.Array(
      Type.Object(
        {
          programme: Type.Object({ code: ProgrammeCode, name: Type.String() }, strict),
          counts: Counts,
          outcomes: Type.Array(Type.Object({ ...Named.properties, closes: Type.String(), count: Count }, strict)),
        },
        strict,
      ),
    ),
    children: Type.Array(
      Type.Object({ region: Type.Object({ code: RegionCode, name: Type.String() }, strict), counts: Counts }, strict),
    ),
  },
  strict,
)
export type Results = Static<typeof Results>

export const Photo = Type.Object({ id: Uuid, name: Type.String(), bytes: Type.Integer() }, strict)
