import type { FastifyReply } from 'fastify'
import { WORKBOOK } from './sheet.ts'

const types = { csv: 'text/csv; charset=utf-8', pdf: 'application/pdf', xlsx: WORKBOOK } as const

/** An answer that is kept as a file of this name. */
export const asFile = (reply: FastifyReply, name: string, format: keyof typeof types): FastifyReply =>
  reply.type(types[format]).header('content-disposition', `attachment; filename="${name}.${format}"`)
