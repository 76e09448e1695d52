import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { assertAccessible } from './axe.ts'
import { pagesOf } from './pdf-text.ts'
import { openReady } from './story.ts'
import { rowsOfWorkbook } from './workbook-text.ts'

/** The annex as somebody downloads it: both files name those who are in, with what they get and the whole of it. */
export async function annexHolds(page: Page, names: readonly string[], each: number): Promise<void> {
  const taken = async (link: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: link }).click(),
    ])
    return [download.suggestedFilename(), await readFile(await download.path())] as const
  }
  const [pdfName, pdf] = await taken('Lampiran PDF')
  const [bookName, book] = await taken('Lampiran XLSX')
  assert.match(`${pdfName} ${bookName}`, /^\S+\.pdf \S+\.xlsx$/)
  const pages = pagesOf(pdf)
  const rows = rowsOfWorkbook(book)
  const [last] = rows.slice(-1)
  const listed = rows.filter((row) => row.at(-1) === String(each))
  assert.ok(listed.length >= names.length && pages.length > 0)
  assert.equal(last?.at(-1), String(each * listed.length), 'the total is what the rows come to')
  const told = pages.join(' ')
  for (const name of names) {
    assert.ok(told.includes(name), `${name} in the PDF`)
    assert.equal(listed.filter((row) => row.includes(name)).length, 1, `${name} in the workbook`)
  }
  assert.ok(told.includes('0001/SEMBAKO/2026'), 'the number of the decree')
  assert.ok(told.includes(new Intl.NumberFormat('id-ID').format(each * listed.length)), 'the total in the PDF')
  assert.doesNotMatch(told + rows.flat().join(' '), /\d{16}/, 'numbers are masked')
}

/** What if: a figure opens its families, and whoever looks at one and comes back finds what was typed. */
export async function whatIfOpens(page: Page, address: string): Promise<void> {
  await openReady(page, address)
  await page.getByLabel('Batas desil').selectOption('1')
  await page.getByLabel('Kuota keluarga').fill('1')
  await page.getByLabel('Untuk apa').fill('Menimbang anggaran')
  await page.getByText('Ubah bunyi syarat').click()
  await page.getByLabel('Desil 1 sampai 4').fill('family.desil <= 4')
  await page.getByRole('button', { name: 'Hitung' }).click()
  await page.getByRole('alert').getByRole('link').first().waitFor()
  await page.getByText('family.decile', { exact: false }).first().waitFor()
  await page.getByLabel('Desil 1 sampai 4').fill('family.decile <= 4')
  await page.getByRole('button', { name: 'Hitung' }).click()
  const figure = page.getByRole('region', { name: 'Yang akan terjadi' }).getByRole('button', { name: /Akan keluar/ })
  const count = Number((await figure.textContent())?.replace(/\D/g, ''))
  assert.ok(count > 0)
  await figure.click()
  const heading = page.getByRole('heading', { name: `Akan keluar · ` })
  await heading.getByText(`${count} keluarga`).waitFor()
  const rows = page.getByRole('region', { name: /Akan keluar · / }).locator('tbody tr')
  assert.equal(await rows.count(), count)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Unduh CSV' }).click(),
  ])
  assert.equal((await readFile(await file.path(), 'utf8')).trim().split('\r\n').length, count + 1)
  await assertAccessible(page, page.url())
  await rows.first().getByRole('link').click()
  await page.waitForURL(/\/keluarga\//)
  await page.goBack()
  await heading.getByText(`${count} keluarga`).waitFor()
  assert.equal(await page.getByLabel('Untuk apa').inputValue(), 'Menimbang anggaran')
}
