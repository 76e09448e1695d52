import { Type, type Static } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What is sent to do something with a service case. */

const strict = { additionalProperties: false }
const Maybe = Type.Optional
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' })
const ProgrammeCode = Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })
const Reason = Type.String({ minLength: 5, maxLength: 500 })
const Answers = Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), { maxProperties: 60 })

export const Application = Type.Object(
  {
    id: Maybe(Uuid),
    programmeCode: ProgrammeCode,
    familyId: Maybe(Uuid),
    personId: Maybe(Uuid),
    walkIn: Maybe(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 120 }),
          nik: Maybe(Type.String({ pattern: '^[0-9]{16}$' })),
          birthDate: Maybe(Day),
          phone: Maybe(Type.String({ maxLength: 30 })),
          address: Maybe(Type.String({ maxLength: 300 })),
        },
        { ...strict, description: 'Somebody who is not in the register' },
      ),
    ),
    groupName: Maybe(Type.String({ minLength: 2, maxLength: 120 })),
    regionCode: Maybe(RegionCode),
    complaintNumber: Maybe(Type.String({ maxLength: 40 })),
    workerId: Maybe(Uuid),
    answers: Maybe(Answers),
    note: Maybe(Type.String({ maxLength: 1000 })),
  },
  { ...strict, description: 'For a person or family of the register (opened before), for a walk-in, or for a group' },
)
export type Application = Static<typeof Application>

const Point = Type.Object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    accuracy: Maybe(Type.Number({ minimum: 0, maximum: 100_000, description: 'metres' })),
  },
  strict,
)
export const StepReport = Type.Object(
  {
    id: Uuid,
    result: Code,
    doneOn: Maybe(Day),
    topic: Maybe(Code),
    answers: Maybe(Answers),
    note: Maybe(Type.String({ maxLength: 2000 })),
    point: Maybe(Point),
    attendance: Maybe(
      Type.Array(
        Type.Object({ memberId: Uuid, present: Type.Boolean(), note: Maybe(Type.String({ maxLength: 200 })) }, strict),
        { maxItems: 200 },
      ),
    ),
  },
  { ...strict, description: 'The same id twice is one report' },
)
export type StepReport = Static<typeof StepReport>

export const AssessAct = Type.Object({ code: Code, ...StepReport.properties }, strict)
export type AssessAct = Static<typeof AssessAct>
export const PlanAct = Type.Object(
  {
    steps: Type.Array(
      Type.Object(
        {
          code: Code,
          dueOn: Day,
          assigneeId: Maybe(Uuid),
          times: Maybe(Type.Integer({ minimum: 1, maximum: 24 })),
        },
        strict,
      ),
      { minItems: 1, maxItems: 40 },
    ),
    note: Maybe(Type.String({ maxLength: 1000 })),
  },
  strict,
)
export type PlanAct = Static<typeof PlanAct>
export const MoveAct = Type.Object({ dueOn: Day, reason: Reason }, strict)
export const GiveAct = Type.Object({ accountId: Uuid }, strict)
export const CloseAct = Type.Object(
  { outcome: Code, note: Maybe(Type.String({ maxLength: 1000 })) },
  { ...strict, description: 'Finish' },
)
export const EndAct = Type.Object(
  { reason: Reason, outcome: Maybe(Code) },
  { ...strict, description: 'Stop or reject' },
)
export const OpenAct = Type.Object({ reason: Type.String({ minLength: 5, maxLength: 300 }) }, strict)
export const MemberAct = Type.Object(
  { id: Maybe(Uuid), familyId: Maybe(Uuid), name: Maybe(Type.String({ minLength: 1, maxLength: 120 })) },
  { ...strict, description: 'A family of the register (opened before), or a name' },
)
export type MemberAct = Static<typeof MemberAct>
export const LeaveAct = Type.Object({ reason: Reason }, strict)
