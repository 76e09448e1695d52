import type { Browser, Page } from 'playwright-core'
import { signedIn, type SignedIn } from './accounts.ts'
import type { TestServer } from './server.ts'

type Who = Parameters<typeof signedIn>[1]

/**
 * The people of a story and their screens. Each has one account from the beginning, and signs in anew for every act: hours
 * and days pass between the acts, and sessions end.
 */
export async function storyPeople<Person extends string>(
  server: TestServer,
  browser: Browser,
  people: Readonly<Record<Person, Who>>,
) {
  const accounts = new Map<Person, string>()

  async function signIn(person: Person): Promise<SignedIn> {
    const accountId = accounts.get(person)
    const who = await signedIn(server.db, { ...people[person], ...(accountId && { accountId }) })
    accounts.set(person, who.accountId)
    return who
  }

  /** Somebody at their own screen. */
  async function at(person: Person, viewport = { width: 1280, height: 900 }): Promise<Page> {
    const context = await browser.newContext({ viewport, locale: 'id-ID' })
    const [name = '', value = ''] = (await signIn(person)).cookie.split('=')
    await context.addCookies([{ name, value, url: server.url }])
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (error) => {
      throw error
    })
    return page
  }

  for (const person of Object.keys(people) as Person[]) await signIn(person)
  return { accounts, signIn, at }
}

/** Opens a page of the staff and waits until it listens: a button that is pressed before does nothing. */
export async function openReady(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.locator('html[data-ready]').waitFor({ state: 'attached' })
}
