import { m } from '#messages'
import type { Problem } from '#lib/api.ts'

/** Asks `/api…` for a file by a body too long for an address, and keeps it as the file it is named; what is refused comes back. */
export async function download(path: string, body: object): Promise<Problem | null> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) return (await answer.json()) as Problem
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'pilar'
    const address = URL.createObjectURL(await answer.blob())
    Object.assign(document.createElement('a'), { href: address, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
    return null
  } catch {
    return { status: 0, code: 'offline', title: m.work_offline() }
  }
}
