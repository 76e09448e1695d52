import { createServer, type AddressInfo, type Socket } from 'node:net'
import { after } from 'node:test'

export type Mailbox = {
  /** What is configured as PILAR_SMTP_URL. */
  url: string
  letters: { from: string; to: string[]; text: string }[]
  /** A command that is answered by this line instead. */
  refuse: { command: 'MAIL' | 'RCPT' | 'DATA'; line: string } | undefined
  reset(): void
}

/** A mail server on the loopback that keeps what it is given: as much of RFC 5321 as a client needs. Closed with the test file. */
export async function openMailbox(): Promise<Mailbox> {
  const mailbox: Mailbox = {
    url: '',
    letters: [],
    refuse: undefined,
    reset() {
      this.letters.length = 0
      this.refuse = undefined
    },
  }
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => {})
    const say = (line: string) => void socket.write(`${line}\r\n`)
    let letter = { from: '', to: [] as string[], text: '' }
    let reading = false
    let rest = ''
    const hear = (line: string) => {
      if (reading) {
        if (line !== '.') return void (letter.text += `${line.startsWith('..') ? line.slice(1) : line}\r\n`)
        reading = false
        mailbox.letters.push(letter)
        letter = { from: '', to: [], text: '' }
        return say('250 taken')
      }
      const command = line.slice(0, 4).toUpperCase()
      const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
      if (mailbox.refuse?.command === command) return say(mailbox.refuse.line)
      switch (command) {
        case 'EHLO':
        case 'HELO':
          return say('250 mailbox')
        case 'MAIL':
          letter = { from: address, to: [], text: '' }
          return say('250 ok')
        case 'RCPT':
          letter.to.push(address)
          return say('250 ok')
        case 'DATA':
          reading = true
          return say('354 go on')
        case 'QUIT':
          say('221 bye')
          return void socket.end()
        default:
          return say('250 ok')
      }
    }
    say('220 mailbox')
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) hear(line)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  mailbox.url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  return mailbox
}
