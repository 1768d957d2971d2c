import { randomUUID } from 'node:crypto'
import { element, escapeXml } from '../xml.ts'
import type { Shape } from './shapes.ts'

const NAMESPACE = 'http://queue.amazonaws.com/doc/2012-11-05/'

/** The answer to an action as a document of the query protocol. */
export function answerXml(action: string, shape: Shape | undefined, answer: object): string {
  const result = shape ? write(shape, `${action}Result`, answer) : ''
  const metadata = element('ResponseMetadata', element('RequestId', randomUUID()))
  return `<?xml version="1.0"?><${action}Response xmlns="${NAMESPACE}">${result}${metadata}</${action}Response>`
}

/** A value as elements of a name; lists and pairs are repeated under their own. */
function write(shape: Shape, name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  switch (shape.kind) {
    case 'text':
    case 'number':
      return element(name, escapeXml(String(value)))
    case 'list':
      return (value as unknown[]).map((item) => write(shape.of, shape.names[0] ?? name, item)).join('')
    case 'pairs':
      return Object.entries(value)
        .map(([key, inner]) => element(shape.key, escapeXml(key)) + write(shape.of, shape.value, inner))
        .map((pair) => element(shape.names[0] ?? name, pair))
        .join('')
    case 'structure':
      return element(
        name,
        Object.entries(shape.members)
          .map(([member, inner]) => write(inner, member, (value as Record<string, unknown>)[member]))
          .join(''),
      )
  }
}
