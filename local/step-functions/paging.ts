import { AwsError } from '../endpoint/aws-error.ts'

/** Step Functions' page size, default and greatest. Source: API reference, ListExecutions. */
const DEFAULT_PAGE = 100
const MAX_PAGE = 1_000

/** 0 means the default, as in AWS. */
export function limitOf(maxResults: unknown): number {
  const limit = (maxResults ?? 0) as number
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_PAGE) {
    throw new AwsError('ValidationException', `maxResults must be between 0 and ${MAX_PAGE}`)
  }
  return limit || DEFAULT_PAGE
}

/** The number a page token stands for. */
export function tokenOf(token: unknown): number | undefined {
  if (token === undefined || token === null) return undefined
  const number = Number(Buffer.from(String(token), 'base64url').toString())
  if (!Number.isInteger(number)) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`)
  return number
}

export const tokenFor = (number: number | undefined) =>
  number === undefined ? undefined : Buffer.from(String(number)).toString('base64url')

/** A page of a list that is at hand whole. */
export function pageOf<Item>(all: Item[], request: { maxResults?: unknown; nextToken?: unknown }) {
  const from = tokenOf(request.nextToken) ?? 0
  const to = from + limitOf(request.maxResults)
  return { items: all.slice(from, to), nextToken: tokenFor(to < all.length ? to : undefined) }
}
