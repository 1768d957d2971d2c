import { AwsError } from '../aws-error.ts'
import type { Shape, Structure } from './shapes.ts'

export type Form = Readonly<Record<string, string>>

/**
 * The value of a shape in a form.
 * @param path what its keys begin with; empty for the whole form
 * @returns undefined when the form does not have it
 */
export function read(shape: Shape, form: Form, path = ''): unknown {
  switch (shape.kind) {
    case 'text':
      return form[path]
    case 'number':
      return numberAt(form, path)
    case 'structure':
      return readMembers(shape, form, path)
    case 'list': {
      const items = itemsAt(form, path, shape.names)
      return items.length > 0 ? items.map((item) => read(shape.of, form, item)) : undefined
    }
    case 'pairs': {
      const items = itemsAt(form, path, shape.names)
      const entries = items.map((item) => [
        required(form, `${item}.${shape.key}`),
        read(shape.of, form, `${item}.${shape.value}`),
      ])
      return items.length > 0 ? Object.fromEntries(entries) : undefined
    }
  }
}

function readMembers({ members, required: names }: Structure, form: Form, path: string): object {
  for (const name of names) required(form, join(path, name))
  const values = Object.entries(members).map(([name, shape]) => {
    const isListed = shape.kind === 'list' || shape.kind === 'pairs'
    return [name, read(shape, form, isListed ? path : join(path, name))] as const
  })
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

const join = (path: string, name: string) => (path ? `${path}.${name}` : name)

/** Paths of a list's items, in order. A list of one need not be numbered: `Attribute.Name` as well as `Attribute.1.Name`. */
function itemsAt(form: Form, path: string, names: string[]): string[] {
  for (const name of names) {
    const base = join(path, name)
    const keys = Object.keys(form).filter((key) => key === base || key.startsWith(`${base}.`))
    const numbers = new Set(keys.flatMap((key) => /^\.(\d+)(?=\.|$)/.exec(key.slice(base.length))?.[1] ?? []))
    if (numbers.size > 0) return [...numbers].sort((a, b) => Number(a) - Number(b)).map((n) => `${base}.${n}`)
    // Clients write an empty list as an empty value.
    if (keys.some((key) => key !== base || form[key] !== '')) return [base]
  }
  return []
}

function required(form: Form, path: string): string {
  const value = form[path]
  if (value === undefined) throw new AwsError('MissingParameter', `The request must contain the parameter ${path}.`)
  return value
}

function numberAt(form: Form, path: string): number | undefined {
  const value = form[path]
  if (value === undefined) return undefined
  if (!/^-?\d{1,15}$/.test(value)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value ${value} for parameter ${path} is invalid: it is no whole number.`,
    )
  }
  return Number(value)
}
