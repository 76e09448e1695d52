import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { text } from 'node:stream/consumers'

type Asked = { path: string; headers: IncomingHttpHeaders; body: unknown }
type Answer = { status: number; body: unknown; headers?: Record<string, string> } | 'hang up'

export type Provider = {
  /** What is configured as PILAR_WHATSAPP_URL. */
  url: string
  asked: Asked[]
  mostAtOnce: number
  /** Decides an answer; without it everything is taken. */
  answer: ((asked: Asked) => Answer) | undefined
  /** Done before each answer. */
  meanwhile: (() => Promise<void>) | undefined
  reset(): void
}

/** A double of the WhatsApp Business Cloud API on the loopback, closed with the test file. */
export async function openProvider(): Promise<Provider> {
  let atOnce = 0
  let ids = 0
  const provider: Provider = {
    url: '',
    asked: [],
    mostAtOnce: 0,
    answer: undefined,
    meanwhile: undefined,
    reset() {
      this.asked.length = 0
      this.mostAtOnce = 0
      this.answer = undefined
      this.meanwhile = undefined
    },
  }
  const server = createServer((request, response) => {
    void (async () => {
      provider.mostAtOnce = Math.max(provider.mostAtOnce, ++atOnce)
      const asked = {
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(await text(request)) as unknown,
      }
      provider.asked.push(asked)
      await provider.meanwhile?.()
      const answer = provider.answer?.(asked) ?? { status: 200, body: { messages: [{ id: `wamid.double${++ids}` }] } }
      atOnce--
      if (answer === 'hang up') return void request.socket.destroy()
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      response.end(JSON.stringify(answer.body))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v24.0`
  return provider
}
