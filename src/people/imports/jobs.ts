import { type AnyJob, type Context, defineJob } from '#src/platform/jobs/index.ts'
import { removeOldFiles } from './retention.ts'
import { checkImport, loadImport, type OpenFile } from './run.ts'

const opener = ({ files }: Context): OpenFile => {
  if (!files) throw new Error('imports need the files of this installation')
  return (fileId) => () => files.get(fileId)
}

// A process that ends cuts a long load off; the next try goes on after the last batch, as often as it takes.
const patient = { timeoutMinutes: 240, retries: 50, retryAfterSeconds: 5 }

export const checkImportJob = defineJob<{ id: string }>({
  name: 'imports.check',
  ...patient,
  work: (context, { id }) => checkImport(context.db, opener(context), id, context.signal),
})

export const loadImportJob = defineJob<{ id: string }>({
  name: 'imports.load',
  ...patient,
  work: (context, { id }) => loadImport(context.db, opener(context), id, context.signal),
})

const removeFilesJob = defineJob({
  name: 'imports.remove_files',
  schedule: '30 18 * * *',
  work: async ({ db, files }) => {
    if (files) await removeOldFiles(db, files)
  },
})

export const importJobs: readonly AnyJob[] = [checkImportJob, loadImportJob, removeFilesJob]
