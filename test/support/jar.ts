import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

/** A browser as far as the API sees one: keeps cookies, sends its own origin, comes from an address. */
export function jar(app: FastifyInstance, options: { address?: string; cookie?: string } = {}) {
  const cookies = new Map<string, string>()
  for (const pair of options.cookie?.split('; ') ?? [])
    cookies.set(pair.split('=')[0] ?? '', pair.slice(pair.indexOf('=') + 1))

  async function send(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const response = await app.inject({
      method,
      url,
      remoteAddress: options.address ?? '203.0.113.7',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '), ...headers },
      ...(body && { payload: body }),
    })
    for (const { name, value, maxAge, expires } of response.cookies as {
      name: string
      value: string
      maxAge?: number
      expires?: Date
    }[]) {
      if (value === '' || maxAge === 0 || (expires && expires.getTime() === 0)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    cookies,
    send,
    get: (url: string, headers?: Record<string, string>) => send('GET', url, undefined, headers),
    post: (url: string, body?: object, headers?: Record<string, string>) => send('POST', url, body, headers),
  }
}
export type Jar = ReturnType<typeof jar>
