import * as z from 'zod'

/** What a reader of the documentation learns of a setting. */
export interface SettingDoc {
  /** One sentence. */
  meaning: string
  /** What else to know before it is set, in sentences. */
  more?: string
  unit?: string
  /** What is allowed; an error says the same. */
  range: string
  /** What holds when it is not set: a value, or a sentence. */
  byDefault: string | number | boolean
  /** A value to begin with, where the default is none. */
  example?: unknown
}

/** The documentation of every setting, by its schema: `docs/configuration.md` is made of it. */
export const settingDocs = z.registry<SettingDoc>()

type About = Pick<SettingDoc, 'meaning' | 'more' | 'unit'>
type Unset = Pick<SettingDoc, 'example'> & { otherwise: string }

/** A whole number with a default. */
export function whole(about: About & { from: number; to: number; byDefault: number }) {
  const { byDefault, ...doc } = about
  const schema = between(about).default(byDefault)
  return documented(schema, { ...doc, range: wholeRange(about), byDefault })
}

/** A whole number that need not be set. */
export function optionalWhole(about: About & Unset & { from: number; to: number }) {
  const { otherwise, ...doc } = about
  return documented(between(about).optional(), { ...doc, range: wholeRange(about), byDefault: otherwise })
}

/** `true` or `false`. */
export function flag({ byDefault, ...about }: About & { byDefault: boolean }) {
  const range = 'true or false'
  return documented(z.boolean({ error: allowed(range) }).default(byDefault), { ...about, range, byDefault })
}

/** One of a few values. */
export function oneOf<const V extends string | number>(about: About & { values: readonly V[]; byDefault: NoInfer<V> }) {
  const { values, byDefault, ...doc } = about
  const range = values.join(', ')
  // Zod wants the default as the schema's output, which is V, but cannot see that for a V it does not know.
  const schema = z.literal(values, { error: allowed(range) }).default(byDefault as never)
  return documented(schema, { ...doc, range, byDefault })
}

/** Text of a form of its own that need not be set. */
export function optional<S extends z.ZodType>(about: About & Unset & { range: string; schema: (error: string) => S }) {
  const { schema, otherwise, ...doc } = about
  return documented(schema(allowed(about.range)).optional(), { ...doc, byDefault: otherwise })
}

function documented<S extends z.ZodType>(schema: S, doc: SettingDoc): S {
  settingDocs.add(schema, doc)
  return schema
}

interface Range {
  from: number
  to: number
}

function between({ from, to }: Range) {
  const error = allowed(wholeRange({ from, to }))
  return z.int({ error }).min(from, { error }).max(to, { error })
}

function wholeRange({ from, to }: Range): string {
  return `a whole number from ${from} to ${to}`
}

function allowed(range: string): string {
  return `allowed: ${range}`
}
