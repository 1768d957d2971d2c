import { unknown, validationException } from '../errors.ts'

const TOKEN = /\s*([#:]\w+|<=|>=|<>|[=<>(),]|\w+)\s*/y

/** What the aliases of a request stand for. */
export interface Scope {
  ExpressionAttributeNames?: Record<string, string> | undefined
  ExpressionAttributeValues?: Record<string, unknown> | undefined
}

/** Reads an expression token by token, and keeps the aliases that it met. */
export interface Reader {
  /** The next token; undefined at the end. */
  peek(): string | undefined
  next(): string
  /** Steps over the token if it is the next one. @returns whether it was */
  skip(token: string): boolean
  /** Steps over tokens that must come next. */
  expect(...tokens: string[]): void
  /** Reads an alias of a name, such as `#sk`. */
  name(): string
  /** Reads an alias of a value, such as `:pk`. */
  value(): string
  /** Reads elements separated by commas. */
  list<T>(read: () => T): T[]
}

export interface Parsed<T> {
  result: T
  /** All aliases in the expression. */
  aliases: readonly string[]
}

/** A parser that parses each expression once: the code has few. @throws if an expression is not understood to its end */
export function parser<T>(parse: (reader: Reader) => T): (expression: string) => Parsed<T> {
  const known = new Map<string, Parsed<T>>()
  return (expression) => {
    const found = known.get(expression)
    if (found) return found
    const aliases: string[] = []
    const reader = readerOf(expression, aliases)
    const parsed = { result: parse(reader), aliases }
    if (reader.peek() !== undefined) throw unknown(`"${reader.peek()}" in "${expression}"`)
    known.set(expression, parsed)
    return parsed
  }
}

/** DynamoDB wants every alias that is used to be defined, and every one that is defined to be used. */
export function checkAliases(scope: Scope, expressions: readonly (Parsed<unknown> | undefined)[]): void {
  const defined = { ...scope.ExpressionAttributeNames, ...scope.ExpressionAttributeValues }
  const used = new Set(expressions.flatMap((parsed) => parsed?.aliases ?? []))
  for (const alias of used)
    if (defined[alias] === undefined) throw validationException(`Invalid expression: ${alias} is not defined`)
  const unused = Object.keys(defined).filter((alias) => !used.has(alias))
  if (unused.length > 0) throw validationException(`Values provided are unused in expressions: ${unused.join(', ')}`)
}

function readerOf(expression: string, aliases: string[]): Reader {
  const tokens = tokensOf(expression)
  let at = 0
  const next = () => {
    const token = tokens[at++]
    if (token === undefined) throw unknown(`an expression that ends so soon: "${expression}"`)
    return token
  }
  const alias = (sign: string) => () => {
    const token = next()
    if (!token.startsWith(sign)) throw unknown(`"${token}" where an alias with ${sign} may stand in "${expression}"`)
    aliases.push(token)
    return token
  }
  const skip = (token: string) => tokens[at] === token && at++ >= 0
  return {
    peek: () => tokens[at],
    next,
    skip,
    expect(...expected) {
      for (const token of expected) if (!skip(token)) throw unknown(`"${expression}", where ${token} is missing`)
    },
    name: alias('#'),
    value: alias(':'),
    list(read) {
      const elements = [read()]
      while (skip(',')) elements.push(read())
      return elements
    },
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < expression.length; ) {
    const [, token] = TOKEN.exec(expression) ?? []
    if (token === undefined) throw unknown(`how to read "${expression}"`)
    tokens.push(token)
  }
  return tokens
}
