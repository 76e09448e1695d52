/* Values in the text format of COPY: tabs between, \N for null. */

const SPECIAL = /[\\\t\n\r]/

export const copyText = (value: string | null | undefined): string => {
  if (value === null || value === undefined) return '\\N'
  return SPECIAL.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
    : value
}
export const copyNumber = (value: number | null | undefined): string =>
  value === null || value === undefined ? '\\N' : String(value)
export const copyJson = (value: object | null): string => (value === null ? '\\N' : copyText(JSON.stringify(value)))
export const copyNumbers = (values: readonly number[]): string => `{${values.join(',')}}`
