/** The answer of GET /api/me. */
export type Me = {
  account: { id: string; name: string }
  /** The assignment acted in now; null before one is chosen. */
  acting: Assignment | null
  assignments: Assignment[]
  /** Work queues of the office acted for, with how many wait in each. */
  queues: Queue[]
}
export type Role = 'pillar' | 'officer' | 'supervisor' | 'auditor' | 'administrator'
export type Assignment = {
  assignmentId: string
  role: Role
  regionCode: string
  regionName: string
  officeName: string | null
}
export type Queue = { key: string; count: number }
