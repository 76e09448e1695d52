export { type AnyJob, type Context, defineJob, defineLoop, type Job, type Log, type Loop } from './define.ts'
export { enqueue, type EnqueueOptions } from './enqueue.ts'
export { type RunningJobs, type StartJobs, startJobs } from './start.ts'
