import assert from 'node:assert/strict'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'

/** What a citizen's page may weigh: HTML, style and pictures together, not compressed. */
export const mostBytes = 25_000

export type Looker = {
  /** Looks at the page as it is now: weight, scripts, axe, width at 320 px and with text twice as large. */
  look: (page: Page) => Promise<void>
  /** Every page looked at, heaviest first. */
  seen: () => { name: string; bytes: number }[]
}

/** A telephone without JavaScript, as in a citizen's hand. */
export const telephone = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 }, locale: 'id-ID' })

/**
 * Does what leads to another page and waits until that one is there. Without JavaScript every button leads to one, and
 * Playwright's own waiting ends before it is loaded: what follows would now and then meet a page on its way out.
 */
export async function follow(page: Page, act: () => Promise<unknown>): Promise<void> {
  const arrived = page.waitForEvent('framenavigated', { predicate: (frame) => frame === page.mainFrame() })
  await Promise.all([arrived, act()])
  await page.waitForLoadState()
}

/**
 * Looks at pages of a browser without JavaScript. axe needs JavaScript, so it gets the very same HTML in a second
 * window; what answers to a form cannot be asked for by its address again.
 */
export async function makeLooker(browser: Browser): Promise<Looker> {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, locale: 'id-ID' })
  const second = await context.newPage()
  const weights = new Map<string, number>()
  const sheets = new Map<string, number>()

  async function weightOf(url: string): Promise<number> {
    const known = sheets.get(url)
    if (known !== undefined) return known
    const response = await fetch(url)
    assert.equal(response.status, 200, url)
    const bytes = (await response.arrayBuffer()).byteLength
    sheets.set(url, bytes)
    return bytes
  }

  return {
    seen: () => [...weights].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes),
    look: async (page) => {
      const url = page.url()
      const name = `${new URL(url).pathname} ${await page.locator('h1').first().innerText()}`
      const html = await page.content()
      assert.doesNotMatch(html, /<script|\son[a-z]+="|javascript:/i, `${name}: no script`)

      const linked = [...html.matchAll(/<(?:link|img)[^>]+(?:href|src)="([^"]+)"/g)].map(
        ([, href = '']) => new URL(href, url).href,
      )
      let bytes = Buffer.byteLength(html)
      for (const one of new Set(linked)) bytes += await weightOf(one)
      weights.set(name, Math.max(bytes, weights.get(name) ?? 0))
      assert.ok(bytes <= mostBytes, `${name}: ${bytes} bytes`)

      await second.route(url, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }))
      await second.goto(url)
      await assertAccessible(second, name, ['best-practice'])
      for (const size of ['100%', '200%']) {
        await second.evaluate((value) => (document.documentElement.style.fontSize = value), size)
        const beyond = await second.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
        assert.ok(beyond <= 0, `${name}: ${beyond} px too wide at 320 px with text at ${size}`)
      }
      const small = await second.evaluate(() => {
        document.documentElement.style.fontSize = ''
        return [
          ...document.querySelectorAll(
            'main a.btn, main button, main input:not([type=hidden]), main select, main textarea, main summary',
          ),
        ]
          .filter((one) => one.checkVisibility())
          .map((one) => ({
            box: (one.closest('label') ?? one).getBoundingClientRect(),
            html: one.outerHTML.slice(0, 90),
          }))
          .filter(({ box }) => box.height < 40 || box.width < 40)
          .map(({ box, html }) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)
      })
      assert.deepEqual(small, [], `${name}: targets large enough for a thumb`)
      await second.unroute(url)
    },
  }
}
