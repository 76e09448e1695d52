import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import type { ResponseAction } from './message.ts'

/** Where answers may go. An address of our own network would let a consumer reach what only we can reach. */

export type CallbackRules = {
  /** http, loopback and private addresses too: for tests and for networks of a government's own */
  privateCallbacks: boolean
}

const inner = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner.addSubnet(network, prefix, 'ipv6')

/** True for addresses that are not of the public network, IPv4 written as IPv6 included. */
export function isInner(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return isInner(mapped)
  // Any other way of writing an IPv4 address as IPv6 ('::ffff:7f00:1') is not one a public host has.
  if (family === 6 && /^::(ffff:)?/i.test(address) && address !== '::1') return true
  return inner.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The address as it may be used, or why not. The host must stand in the agreement ('host' or 'host:port'; '*' for any
 * public one); user names in it and other schemes than https are refused.
 */
export function checkCallback(given: string, hosts: readonly string[], rules: CallbackRules): URL | string {
  if (given.length > 500 || !URL.canParse(given)) return 'sender_uri is not an address'
  const url = new URL(given)
  if (url.protocol !== 'https:' && !(rules.privateCallbacks && url.protocol === 'http:'))
    return 'sender_uri must be https'
  if (url.username || url.password) return 'sender_uri must not hold a user name'
  const name = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (
    !rules.privateCallbacks &&
    (isIP(name) !== 0 ? isInner(name) : /(^|\.)(localhost|local|internal)$/.test(name) || !name.includes('.'))
  )
    return 'sender_uri must be on the public network'
  const allowed = hosts.some((one) => one === '*' || one.toLowerCase() === url.host || one.toLowerCase() === name)
  if (!allowed) return 'the agreement does not name the host of sender_uri'
  url.hash = ''
  return url
}

/** Looked up again at every delivery: a name may have moved into our network since it was given. */
export async function resolveCallback(url: URL, rules: CallbackRules): Promise<{ address: string; family: number }[]> {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const found = await lookup(name, { all: true })
  return rules.privateCallbacks ? found : found.filter((one) => !isInner(one.address))
}

const endings: Readonly<Record<ResponseAction, string>> = {
  'on-search': 'on-search',
  'on-subscribe': 'on-subscribe',
  'on-unsubscribe': 'on-unsubscribe',
  'txn-on-status': 'txn/on-status',
  notify: 'notify',
}

/**
 * sender_uri is where the answer goes, as it stands. Only a bare host or '…/registry' gets the path of the answer, and
 * an address that ends in the path of another answer (a subscription's on-subscribe, for notify) gets the right one.
 */
export function callbackFor(sender: string, action: ResponseAction): URL {
  const url = new URL(sender)
  const path = url.pathname.replace(/\/+$/, '')
  const other = /\/(on-search|on-subscribe|on-unsubscribe|txn\/on-status|notify)$/.exec(path)
  if (path === '') url.pathname = `/registry/${endings[action]}`
  else if (path.endsWith('/registry')) url.pathname = `${path}/${endings[action]}`
  else if (other) url.pathname = `${path.slice(0, -other[0].length)}/${endings[action]}`
  return url
}
