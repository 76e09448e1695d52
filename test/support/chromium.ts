// What page.evaluate runs lives in a browser.
/// <reference lib="dom" />
import { chromium, type Browser } from 'playwright-core'
import { after } from 'node:test'

/**
 * A browser for the test file that asks, closed when it ends. `npm test` finds Chromium and says where it is;
 * a file run alone takes CHROMIUM_PATH or Debian's.
 */
export async function launchBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      // Chromium's own sandbox refuses root; these pages are ours.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // Containers give 64 MB of shared memory, too little for a page with pictures.
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--font-render-hinting=none',
    ],
  })
  after(() => browser.close())
  return browser
}
