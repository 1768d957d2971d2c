import { createRequire } from 'node:module'

/** A value as DynamoDB writes it: its type, and what it is. */
type Value = Record<string, unknown>

/** What dynalite's parser is told of an expression, and where it notes which of the names and values it has not met. */
interface Context {
  attrNames?: Record<string, string>
  attrVals?: Record<string, Value>
  unusedAttrNames: Record<string, boolean>
  unusedAttrVals: Record<string, boolean>
}

export interface Parser {
  /** @throws what is wrong with the expression */
  parse(expression: string, options: { context: Context }): unknown
}

/** Expressions remembered; when there are more it begins anew. */
const MAX_EXPRESSIONS = 1_000

/** What is looked at as an expression is parsed, and not only its type. Source: dynalite's conditionParser.js. */
const LOOKS_AT_VALUES = /between|attribute_type/i

/** Has conditions parsed once that come again and again: else that is a third of what writing an item costs. */
export function amendExpressions(): void {
  parseOnce(createRequire(import.meta.url)('dynalite/db/conditionParser'))
}

/** An expression that was parsed, with values that stand for others. */
interface Known {
  parsed: unknown
  /** The names of the values, by what stands for them. */
  placeholders: Map<unknown, string>
  usedNames: string[]
  usedValues: string[]
}

/** What an expression means depends on itself, its names and the types of its values alone: these stand in it as they are. */
export function parseOnce(parser: Parser): void {
  const { parse } = parser
  const known = new Map<string, Known>()
  const read = (expression: string, context: Context): Known => {
    const { attrNames = {}, attrVals = {} } = context
    const values = Object.fromEntries(Object.entries(attrVals).map(([name, value]) => [name, { ...value }]))
    const unusedAttrNames = allIn(attrNames)
    const unusedAttrVals = allIn(attrVals)
    return {
      parsed: parse(expression, { context: { ...context, attrVals: values, unusedAttrNames, unusedAttrVals } }),
      placeholders: new Map(Object.entries(values).map(([name, value]) => [value, name])),
      usedNames: Object.keys(attrNames).filter((name) => !(name in unusedAttrNames)),
      usedValues: Object.keys(attrVals).filter((name) => !(name in unusedAttrVals)),
    }
  }
  parser.parse = (expression, options) => {
    if (LOOKS_AT_VALUES.test(expression)) return parse(expression, options)
    const { attrNames, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context
    const types = Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)])
    const key = JSON.stringify([expression, attrNames, types])
    const answer = known.get(key) ?? read(expression, options.context)
    if (known.size >= MAX_EXPRESSIONS) known.clear()
    known.set(key, answer)
    for (const name of answer.usedNames) delete unusedAttrNames[name]
    for (const name of answer.usedValues) delete unusedAttrVals[name]
    return withValues(answer.parsed, (one) => attrVals[answer.placeholders.get(one) ?? ''])
  }
}

function allIn(named: object): Record<string, boolean> {
  return Object.fromEntries(Object.keys(named).map((name) => [name, true]))
}

/** A copy of what was parsed, in which `atPlaceOf` puts what belongs in the place of a value. */
function withValues(parsed: unknown, atPlaceOf: (one: object) => Value | undefined): unknown {
  if (typeof parsed !== 'object' || parsed === null) return parsed
  const value = atPlaceOf(parsed)
  if (value) return value
  if (Array.isArray(parsed)) return parsed.map((one) => withValues(one, atPlaceOf))
  const copy = Object.create(Object.getPrototypeOf(parsed))
  for (const [name, one] of Object.entries(parsed)) copy[name] = withValues(one, atPlaceOf)
  return copy
}
