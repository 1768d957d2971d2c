import { parseArgs } from 'node:util'

type Value = number | string | number[] | string[]

/** A text such as 5-9, or a list of numbers or names. */
function valueLike<V extends Value>(example: V, text: string, name: string): V {
  if (Array.isArray(example)) {
    const parts = text.split(',').filter((part) => part !== '')
    return (typeof example[0] === 'number' ? parts.map((part) => numberOf(part, name)) : parts) as V
  }
  return (typeof example === 'number' ? numberOf(text, name) : text) as V
}

function numberOf(text: string, name: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  console.error(`--${name} is "${text}"; allowed: a number`)
  process.exit(1)
}

/** What the command line says, in the shape of the defaults: `--rates 50,200 --seconds 5`. `--help` lists them. */
export function options<Defaults extends Record<string, Value>>(defaults: Defaults): Defaults {
  const known = Object.keys(defaults).map((name) => [name, { type: 'string' as const }])
  const { help, ...values }: Record<string, unknown> = parseArgs({
    options: { ...Object.fromEntries(known), help: { type: 'boolean' } },
  }).values
  if (help) {
    for (const [name, value] of Object.entries(defaults)) console.log(`  --${name.padEnd(14)} default ${value}`)
    process.exit(0)
  }
  const given = Object.entries(values).map(([name, text]) => [
    name,
    valueLike(defaults[name] as Value, String(text), name),
  ])
  return { ...defaults, ...Object.fromEntries(given) }
}

/** Settings as a command line gives them, `name=value` each, by name. */
export function settings(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => text.split('=')))
}
