import type { FastifyReply } from 'fastify'
import { WORKBOOK } from './sheet.ts'

/** An answer that is kept as a file of this name. */
export const asFile = (reply: FastifyReply, name: string, format: 'csv' | 'xlsx'): FastifyReply =>
  reply
    .type(format === 'xlsx' ? WORKBOOK : 'text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
