import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { paraglideVitePlugin } from '@inlang/paraglide-js'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, type Plugin } from 'vite'
import { fieldFiles } from './scripts/field-files.ts'
import { builtMessageOptions, messageOptions } from './scripts/messages.ts'

/** Compiles the messages in a process of its own: the compiler leaves 30 s timers behind, which would hold up the end of a build. */
const compiledMessages = (): Plugin => ({
  name: 'pilar:messages',
  config: () => {
    // Kit reads this file twice more in threads of its own, to look at what was built: 12 s of processor time each.
    if (isMainThread) execFileSync(process.execPath, ['scripts/messages.ts', '--for-build'], { stdio: 'inherit' })
    const built = (file: string) => path.join(builtMessageOptions.outdir, file)
    return { resolve: { alias: { '#messages': built('messages.js'), '#locale': built('runtime.js') } } }
  },
})

/** Draws Lucide's icons with our own, much smaller component. */
const ourIcon = (): Plugin => ({
  name: 'pilar:icon',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source.endsWith('../Icon.svelte') && importer?.includes('@lucide/svelte/dist/icons')
      ? fileURLToPath(new URL('web/lib/ui/Icon.svelte', import.meta.url))
      : undefined,
})

export default defineConfig(({ command }) => ({
  plugins: [
    tailwindcss(),
    ourIcon(),
    fieldFiles(),
    command === 'build' ? compiledMessages() : paraglideVitePlugin(messageOptions),
    sveltekit({
      // src/platform/http/web.ts sets the variables that carry this prefix before it loads the handler.
      adapter: adapter({ out: 'build/web', envPrefix: 'PILAR_WEB_' }),
      files: { src: 'web', assets: 'web/static' },
      // The empty page of the service worker stands in for pages at any depth.
      paths: { relative: false },
      // Registered by the pages it is for (lib/offline/worker.svelte.ts), and reaching over these only.
      serviceWorker: { register: false },
      csp: {
        mode: 'auto',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          'style-src': ['self'],
          // Attributes only: Kit's own announcer and floating widgets carry them; <style> from elsewhere stays forbidden.
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'data:', 'blob:'],
          'font-src': ['self'],
          'connect-src': ['self'],
          'worker-src': ['self'],
          'manifest-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['none'],
        },
      },
    }),
  ],
  // Bundled beforehand, Lucide would draw its icons itself in development, and differently from the server.
  optimizeDeps: { exclude: ['@lucide/svelte'] },
  build: { reportCompressedSize: false },
}))
