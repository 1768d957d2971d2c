/**
 * What a request or an answer of the query protocol is made of. The protocol has no lists of its own: the items of one
 * are numbered in a form (`Attribute.1.Name`) and repeated in XML, under a name that is not the member's name in JSON.
 */
export type Shape = Plain | List | Pairs | Structure
type Plain = { kind: 'text' | 'number' }
type List = { kind: 'list'; names: string[]; of: Shape }
type Pairs = { kind: 'pairs'; names: string[]; key: string; value: string; of: Shape }
export type Structure = { kind: 'structure'; members: Record<string, Shape>; required: string[] }

export const text: Plain = { kind: 'text' }
export const number: Plain = { kind: 'number' }
/** @param names what an item is called; the first is written, all are read */
export const list = (of: Shape, ...names: string[]): List => ({ kind: 'list', names, of })
/** An object whose keys are data. */
export const pairs = (of: Shape, key: string, value: string, ...names: string[]): Pairs => ({
  kind: 'pairs',
  names,
  key,
  value,
  of,
})
export const structure = (members: Record<string, Shape>, ...required: string[]): Structure => ({
  kind: 'structure',
  members,
  required,
})
