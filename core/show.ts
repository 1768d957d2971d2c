import { writeJson } from './json.ts'

/** A value as people want to see it in a sentence: quoted, and not too long. */
export function show(value: unknown): string {
  const shown = writeJson(value) ?? String(value)
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown
}
