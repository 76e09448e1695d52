#!/usr/bin/env node
/**
 * Pictures of a page at 360 and 1280 px, light and dark, to be looked at before the page counts as made:
 *   node scripts/look.mjs http://localhost:3000/bantuan [folder] [--cookie name=value] [--print] [--wide] [--dark]
 * Says also what a person would not see in the picture: sideways scrolling, console errors, bytes loaded.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const args = process.argv.slice(2)
const flags = new Set(args.filter((one) => one.startsWith('--')))
const cookies = []
const plain = []
for (let i = 0; i < args.length; i++) {
  if (args[i] === '--cookie') cookies.push(args[++i])
  else if (!args[i].startsWith('--')) plain.push(args[i])
}
const [address, folder = 'test-results/look'] = plain
if (!address) {
  console.error('Usage: node scripts/look.mjs URL [folder] [--cookie name=value] [--print] [--wide] [--dark]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-features=OptimizationHints,MediaRouter,Translate',
  ],
})
const name = new URL(address).pathname.replaceAll('/', '-').replace(/^-|-$/g, '') || 'home'
try {
  for (const width of flags.has('--wide') ? [1280] : [360, 1280])
    for (const colorScheme of flags.has('--dark') ? ['dark'] : ['light', 'dark']) {
      const context = await browser.newContext({
        viewport: { width, height: width === 360 ? 740 : 800 },
        colorScheme,
        locale: 'id-ID',
      })
      for (const one of cookies) {
        const at = one.indexOf('=')
        await context.addCookies([{ name: one.slice(0, at), value: one.slice(at + 1), url: address }])
      }
      const page = await context.newPage()
      const said = []
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && said.push(message.text()))
      page.on('pageerror', (error) => said.push(String(error)))
      let bytes = 0
      let scripts = 0
      page.on('response', async (response) => {
        const body = await response.body().catch(() => Buffer.alloc(0))
        bytes += body.length
        if (response.request().resourceType() === 'script') scripts += body.length
      })
      const response = await page.goto(address, { waitUntil: 'load' })
      await page.waitForTimeout(200)
      const file = join(folder, `${name}-${width}-${colorScheme}.png`)
      await page.screenshot({ path: file, fullPage: true, animations: 'disabled' })
      const sideways = await page.evaluate(() => {
        const wide = document.documentElement.clientWidth
        const by = document.documentElement.scrollWidth - wide
        if (by <= 0) return ''
        const guilty = [...document.body.querySelectorAll('*')].filter(
          (one) => one.getBoundingClientRect().right > wide + 1,
        )
        const names = guilty.map((one) => `${one.localName}.${String(one.getAttribute('class')).replaceAll(' ', '.')}`)
        return `  SCROLLS SIDEWAYS by ${by}px: ${[...new Set(names)].slice(0, 6).join(' ')}`
      })
      console.log(`${file}  ${response?.status()}  ${bytes} bytes, ${scripts} of script${sideways}`)
      for (const one of said) console.log(`  console: ${one}`)
      if (flags.has('--print') && width === 1280 && colorScheme === 'light')
        await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true })
      await context.close()
    }
} finally {
  await browser.close()
}
