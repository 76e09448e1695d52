import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { CannotStart } from '#src/platform/cannot-start.ts'

type Address = { host: string; port: number }

/** Looks whether the address is free before anything long begins; nothing is kept. */
export async function checkAddress(address: Address): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(explainAddress(error, address) ?? error))
    probe.listen(address, () => probe.close(() => resolve()))
  })
}

/** Serves, and answers with the port (which is another than asked for if that was 0). */
export async function listen(app: FastifyInstance, address: Address): Promise<number> {
  try {
    await app.listen(address)
  } catch (error) {
    throw explainAddress(error, address) ?? error
  }
  const bound = app.server.address()
  return typeof bound === 'object' && bound ? bound.port : address.port
}

function explainAddress(error: unknown, { host, port }: Address): CannotStart | undefined {
  const { code } = error as NodeJS.ErrnoException
  const say = (sentence: string) => new CannotStart(sentence, { cause: error })
  if (code === 'EADDRINUSE') {
    return say(
      `Port ${port} of ${host} is taken by another program. Stop that one, or choose another port: PORT=${port + 1} npm start.`,
    )
  }
  if (code === 'EACCES') {
    return say(
      `This user may not serve on port ${port}. Choose one above 1023 (PORT=3000), and put a reverse proxy before it for 80 and 443.`,
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return say(
      `${host} is not an address of this machine. Set HOST to one it has, 127.0.0.1 for this machine alone or 0.0.0.0 for all.`,
    )
  }
  return undefined
}

/**
 * Ends the server: requests under way are finished, waiting connections closed. Whatever still hangs after `patience`
 * milliseconds is cut.
 */
export async function drain(app: FastifyInstance, patience = 10_000): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), patience)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}
