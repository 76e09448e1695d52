/** Single sign-on at an OpenID provider. */
export type OidcSettings = {
  /** 'https://sso.example.go.id'; plain http is accepted on loopback only */
  issuer: string
  clientId: string
  clientSecret: string
  /** What the button says: 'SSO Kota Bekasi' */
  name: string
  /** Link an active account by the provider's verified e-mail at the first sign-in. Off: only accounts linked already. */
  linkByEmail?: boolean
  /** The provider asks everybody for two factors, whether its answer says so (amr) or not. */
  alwaysTwoFactors?: boolean
}
