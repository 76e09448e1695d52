import type { FastifyRequest } from 'fastify'

/**
 * How requests and errors are written to the log. Nothing personal: the address without what was searched for, no
 * caller's address, no cookies, and of an error of the database its code and not its detail, which quotes the row.
 */
export function logSettings(level: string) {
  return {
    level,
    redact: ['req.headers', 'headers', 'password', '*.password'],
    serializers: {
      req: (request: FastifyRequest) => ({ method: request.method, url: request.url.split('?')[0] }),
      err: (error: unknown) => (error instanceof Error ? writtenError(error) : error),
    },
  }
}

function writtenError(error: Error & { code?: string; constraint?: string; table?: string }) {
  const ofDatabase = /^[0-9A-Z]{5}$/.test(error.code ?? '')
  return {
    type: error.name,
    code: error.code,
    // Of a database error the text may quote what was written: "invalid input syntax for type date: …".
    message: ofDatabase ? `database error ${error.code}` : error.message,
    constraint: error.constraint,
    table: error.table,
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
  }
}
