import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { signedIn, type SignedIn } from './accounts.ts'
import { assertAccessible } from './axe.ts'
import type { TestServer } from './server.ts'

export type Desk = SignedIn & { context: BrowserContext; page: Page; said: string[] }

/** Somebody at a screen of their own, signed in and acting. What the browser's console complains of is kept in `said`. */
export async function atDesk(
  server: TestServer,
  browser: Browser,
  who: Parameters<typeof signedIn>[1],
  options: { width?: number; height?: number; dark?: boolean } = {},
): Promise<Desk> {
  const signed = await signedIn(server.db, who)
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    locale: 'id-ID',
  })
  const [name = '', value = ''] = signed.cookie.split('=')
  await context.addCookies([{ name, value, url: server.url }])
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const said: string[] = []
  page.on('console', (message) => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  return { ...signed, context, page, said }
}

const pictures = process.env['PILAR_PICTURES']

/** The page as it is now: no fault axe finds, no sideways scrolling, no complaint of the browser about our scripts. */
export async function look({ page, said }: Desk, name: string): Promise<void> {
  if (pictures) {
    mkdirSync(pictures, { recursive: true })
    const width = page.viewportSize()?.width ?? 0
    await page.screenshot({ path: path.join(pictures, `${name}-${width}.png`), fullPage: true })
  }
  await assertAccessible(page, name)
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.ok(beyond <= 0, `${name}: ${beyond} px too wide`)
  assert.deepEqual(
    said.filter((one) => /Content.Security.Policy|hydrat|TypeError|ReferenceError/i.test(one)),
    [],
    name,
  )
}

/** Opens a page and waits until it runs its scripts: the last thing they do is to ask for the live stream. */
export async function visit({ page }: Desk, address: string): Promise<void> {
  await Promise.all([page.waitForRequest(/\/api\/events/), page.goto(address)])
}
