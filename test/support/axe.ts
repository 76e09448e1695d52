import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * No fault that axe finds on the page as it is now: WCAG 2.2 A and AA, and what axe calls best practice where asked.
 * Axe's older way runs in the page itself; the newer one opens a second page each time, which is there for frames of
 * other origins (ours have none, and no page may be one) and doubles the time.
 */
export async function assertAccessible(page: Page, name: string, more: 'best-practice'[] = []): Promise<void> {
  assert.equal(page.frames().length, 1, `${name}: frames are not looked into`)
  const { violations, passes } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags([...rules, ...more])
    .analyze()
  assert.ok(passes.length > 0, `${name}: axe looked at nothing`)
  assert.deepEqual(
    violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`),
    [],
    name,
  )
}
