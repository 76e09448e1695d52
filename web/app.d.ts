import type { IncomingMessage } from 'node:http'
import type { OpenedFigure } from '#lib/programmes/counted.ts'

declare global {
  namespace App {
    /** What every page shows when something fails; `id` is the number a person can quote. */
    interface Error {
      message: string
      id?: string
      /** Problem code of the API, when the failure came from there. */
      code?: string
    }
    interface PageState {
      /** The figure of a count whose families stand in place of the rule. */
      opened?: OpenedFigure
    }
    interface Locals {
      locale: 'id' | 'en'
      theme: 'otomatis' | 'terang' | 'gelap'
    }
    interface Platform {
      req: IncomingMessage
    }
  }
}
