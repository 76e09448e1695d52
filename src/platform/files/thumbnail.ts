import sharp from 'sharp'
import type { FileStore } from './store.ts'

const SIDE = 320

/**
 * A small WebP picture of a stored photo, at most 320 px on either side, made on the first call and kept beside it.
 * For photos that came through `takeUpload`; a PDF has none, so ask only for images. Throws `NoSuchFile`.
 */
export function thumbnail(store: FileStore, id: string): Promise<Buffer> {
  return store.derive(id, `${SIDE}.webp`, (content) =>
    sharp(content, { failOn: 'error' })
      .autoOrient()
      .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 75 })
      .toBuffer(),
  )
}
