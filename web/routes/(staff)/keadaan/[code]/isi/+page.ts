import { error } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import { figureWord } from '#lib/movement/words.ts'
import type { Behind, BehindRows, PictureFigure } from '#src/people/movement/schema.ts'
import { m } from '#messages'
import type { PageLoad } from './$types'

/** What stands behind one figure of the register: the regions beneath, and the rows where they are the reader's to see. */
export const load: PageLoad = async ({ fetch, params, url }) => {
  const figure = url.searchParams.get('angka') as PictureFigure | null
  const key = /^([0-9]{1,2}|unknown)$/.exec(url.searchParams.get('nilai') ?? '')?.[0]
  const word = figureWord(figure, key)
  if (!word) error(404, { message: m.common_error_404_title(), code: 'not_found' })
  const after = /^[A-Za-z0-9_-]{1,200}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0]
  const asked = new URLSearchParams({ figure: figure ?? '', ...(key && { key }) })
  const path = `/api/register/picture/${encodeURIComponent(params.code)}`
  const behind = await read<Behind>(fetch, `${path}/behind?${asked}`, url)
  if (after) asked.set('after', after)
  const rows = behind.listing === 'yes' ? await read<BehindRows>(fetch, `${path}/rows?${asked}`, url) : null
  return { behind, rows, word, figure, key, later: after !== undefined }
}
