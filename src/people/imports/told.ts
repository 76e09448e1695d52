import type { PersonState, SealedState } from '../register/change.ts'
import type { Period } from './dates.ts'

/** What one row says, understood. */
export type Told = {
  at: number
  /** holds the rows of a family together: 'keluarga:<id>' or 'kk:<number>' */
  familyKey: string
  kk: string | null
  regionCode: string
  address: string | null
  rt: string | null
  rw: string | null
  decile: number | null
  person: ToldPerson
  receives: readonly ({ code: string } & (Period | { from: null; to: null }))[]
}

export type ToldPerson = {
  /** 'semesta:<id>' */
  key: string | null
  nik: string | null
  name: string
  birthDate: string | null
  birthPlace: string | null
  sex: NonNullable<PersonState['sex']> | null
  relationship: NonNullable<PersonState['relationship']> | null
  motherName: string | null
  maritalStatus: NonNullable<PersonState['maritalStatus']> | null
  schooling: NonNullable<PersonState['schooling']> | null
  work: string | null
  /** null: nothing said */
  alive: boolean | null
  disabilities: SealedState['disabilities'] | null
  pregnant: boolean | null
  payee: boolean
}
