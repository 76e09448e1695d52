/* npm run build: installs what the lockfile says and builds the pages, each only if something changed; starts nothing. */
import { prepare } from './lib/prepare.mjs'
import { say } from './lib/say.mjs'

await prepare({ build: true })
say('Ready to start')
