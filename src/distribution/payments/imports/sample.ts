import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { sampleHeader } from './columns.ts'

/** A file of accounts to fill in: invented people of a region that does not exist, one by NIK and one by family card. */
export const sampleFile = (): string =>
  BOM +
  csvLines([
    sampleHeader,
    ['9999014107850001', '', 'BRI', '009901234567890', 'Siti Contoh', '2026-01-05'],
    ['', '9999010101200002', 'MANDIRI', '9900123456789', 'Budi Contoh', ''],
  ])
