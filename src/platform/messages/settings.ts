/** By what a message goes. */
export type Channel = 'whatsapp' | 'email'
export const channels: readonly Channel[] = ['whatsapp', 'email']

/** The WhatsApp Business Cloud API, or a double of it. */
export type WhatsappSettings = {
  /** with the version, without a slash at the end: 'https://graph.facebook.com/v24.0' */
  url: string
  phoneId: string
  token: string
  /** signs what the provider tells us */
  appSecret: string
  /** said back once, when the provider is told our address */
  verifyToken: string
}

export type EmailSettings = {
  /** 'smtps://user:password@mail.example.go.id' */
  url: string
  /** 'Pilar Kota Bekasi <pilar@bekasi.example.go.id>' */
  from: string
}

export type MessageSettings = { whatsapp: WhatsappSettings | null; email: EmailSettings | null }
