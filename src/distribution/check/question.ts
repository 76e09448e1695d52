import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import * as m from '#messages'
import type { Locale } from '#src/platform/http/locale.ts'

/*
 * A question that whoever can read, or is read to, can answer, and that a program does not answer for nothing. Everything there is to know
 * about it stands in its token, which is signed and counts for some time; the answer cannot be read from it.
 */

/** Words of both languages; the place in a list is what an answer comes to. */
const words = {
  number: {
    id: 'nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas|dua belas|tiga belas|empat belas|lima belas|enam belas|tujuh belas|delapan belas',
    en: 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen',
  },
  day: {
    id: 'Senin Selasa Rabu Kamis Jumat Sabtu Minggu',
    en: 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday',
  },
  animal: { id: 'kambing ayam kucing sapi kuda bebek', en: 'goat chicken cat cow horse duck' },
  thing: {
    id: 'meja piring sepatu jendela payung bantal lemari sendok',
    en: 'table plate shoe window umbrella pillow cupboard spoon',
  },
} as const
type Kind = keyof typeof words

const list = (kind: Kind, locale: Locale): string[] =>
  words[kind][locale].includes('|')
    ? words[kind][locale].split('|').flatMap((part, at) => (at === 0 ? part.split(' ') : [part]))
    : words[kind][locale].split(' ')

/** Everything that may be typed, small letters and spaces only, and what it comes to. */
const meanings = new Map<string, string>()
for (const kind of ['number', 'day', 'animal'] as const)
  for (const locale of ['id', 'en'] as const)
    for (const [at, word] of list(kind, locale).entries())
      meanings.set(word.toLowerCase(), kind === 'number' ? String(at) : `${kind} ${at}`)
meanings.set('ahad', 'day 6')

/** '  Dua-belas. ' and '12' are the same; what is not understood stays as it is. */
function meaning(typed: string): string {
  const plain = typed.toLowerCase().replaceAll(/['’.,!?"]/g, '').replaceAll(/[\s-]+/g, ' ').trim() // prettier-ignore
  return meanings.get(plain) ?? plain.replace(/^0+(?=\d)/, '')
}

export type Question = { token: string; question: string }

/** A new question in the reader's language; either language answers it. */
export function ask(secret: Buffer, locale: Locale, at: Date, hours: number): Question {
  const { question, answer } = drawn(locale)
  const open = Buffer.alloc(13)
  open.writeUInt32BE(Math.floor(at.getTime() / 1000) + hours * 3600)
  randomBytes(9).copy(open, 4)
  return { token: Buffer.concat([open, sealOf(secret, open, answer)]).toString('base64url'), question }
}

/** `once` is the question's own name, for whoever sees to it that it is answered once. */
export function judge(
  secret: Buffer,
  token: string,
  typed: string,
  at: Date,
): { verdict: 'right' | 'wrong' | 'late'; once: string } {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 29) return { verdict: 'late', once: '' }
  const open = bytes.subarray(0, 13)
  const once = open.toString('base64url')
  if (open.readUInt32BE() * 1000 <= at.getTime()) return { verdict: 'late', once }
  const isRight = timingSafeEqual(sealOf(secret, open, meaning(typed)), bytes.subarray(13))
  return { verdict: isRight ? 'right' : 'wrong', once }
}

const sealOf = (secret: Buffer, open: Buffer, answer: string) =>
  createHmac('sha256', secret).update('check question\0').update(open).update(answer).digest().subarray(0, 16)

function drawn(locale: Locale): { question: string; answer: string } {
  const say = (kind: Kind, at: number) => list(kind, locale)[at] ?? ''
  const [one, other] = [1 + randomInt(9), 1 + randomInt(9)]
  switch (randomInt(4)) {
    case 0:
      return {
        question: m.check_ask_sum({ one: say('number', one), other: say('number', other) }, { locale }),
        answer: String(one + other),
      }
    case 1:
      return {
        question: m.check_ask_less({ one: say('number', one + other), other: say('number', other) }, { locale }),
        answer: String(one),
      }
    case 2: {
      const day = randomInt(7)
      return { question: m.check_ask_day({ day: say('day', day) }, { locale }), answer: `day ${(day + 1) % 7}` }
    }
    default: {
      const animal = randomInt(6)
      const things = [randomInt(4), 4 + randomInt(4)].map((at) => say('thing', at))
      things.splice(randomInt(3), 0, say('animal', animal))
      const [first = '', second = '', third = ''] = things
      return { question: m.check_ask_animal({ first, second, third }, { locale }), answer: `animal ${animal}` }
    }
  }
}
