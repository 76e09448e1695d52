import { gzipSync } from 'node:zlib'
import type { Db } from '#src/platform/db/index.ts'
import { signedIn } from '#test/support/accounts.ts'

type Weight = { what: string; measured: string; wanted: string; ok: boolean }

/** What a page makes a browser load: the page itself, its stylesheets, and every script it names, transitively. */
async function load(base: string, path: string, cookie = '') {
  const get = async (url: string) => {
    const res = await fetch(new URL(url, base), { headers: { cookie } })
    if (!res.ok) throw new Error(`${url}: ${res.status}`)
    return res.text()
  }
  const html = await get(path)
  const hrefs = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1] ?? '')
  const styles = hrefs(/<link[^>]+href="([^"]+\.css)"/g)
  const scripts = new Set<string>()
  const queue = [
    ...hrefs(/<link[^>]+href="([^"]+\.js)"/g),
    ...hrefs(/import\("([^"]+\.js)"\)/g),
    ...hrefs(/<script[^>]+src="([^"]+)"/g),
  ].map((href) => new URL(href, new URL(path, base)).href)
  let js = 0
  let jsGzip = 0
  for (let href = queue.pop(); href !== undefined; href = queue.pop()) {
    if (scripts.has(href)) continue
    scripts.add(href)
    const text = await get(href)
    js += text.length
    jsGzip += gzipSync(text).length
    // Static imports only: what is imported on demand is loaded when it is needed.
    for (const [, from] of text.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g))
      queue.push(new URL(from ?? '', href).href)
  }
  let css = 0
  for (const href of styles) css += (await get(new URL(href, new URL(path, base)).href)).length
  const inline = [...html.matchAll(/<script(?![^>]+src=)[^>]*>([\s\S]*?)<\/script>/g)].reduce(
    (sum, match) => sum + (match[1]?.length ?? 0),
    0,
  )
  return { html: html.length, css, js: js + inline, jsGzip }
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`

/** Citizen pages: no JavaScript at all and 25 kB uncompressed. Staff pages: 120 kB of JavaScript, compressed. */
export async function pageWeights({ url }: { url: string }, db: Db): Promise<Weight[]> {
  const weights: Weight[] = []
  for (const path of ['/', '/aduan/baru', '/lacak', '/bantuan', '/statistik/32.75', '/wilayah/32.75.01.1002']) {
    const { html, css, js } = await load(url, path)
    const ok = js === 0 && html + css <= 25_000
    weights.push({
      what: `citizen page ${path}`,
      measured: `${kB(html + css)}, ${js} B of JavaScript`,
      wanted: '≤ 25 kB, 0 B',
      ok,
    })
  }
  const officer = await signedIn(db, { role: 'supervisor', regionCode: '32.75.01' })
  for (const path of ['/beranda', '/kerja', '/kerja/baru', '/pantau/32.75.01', '/akun']) {
    const { jsGzip } = await load(url, path, officer.cookie)
    weights.push({
      what: `staff page ${path}`,
      measured: `${kB(jsGzip)} of JavaScript (gzip)`,
      wanted: '≤ 120 kB',
      ok: jsGzip <= 120_000,
    })
  }
  return weights
}
