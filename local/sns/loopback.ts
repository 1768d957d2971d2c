import { BlockList, isIP } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * Whether a host is this machine, and cannot be another. A name that merely resolves to it now is none.
 * @param hostname as URL has it: addresses normalized, IPv6 in brackets
 */
export function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(address)
  if (family > 0) return LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6')
  return address === 'localhost' || address.endsWith('.localhost')
}
