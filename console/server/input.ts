import { validator } from 'hono/validator'
import type * as z from 'zod'

/** A request's body, by its shape. @throws ZodError for another */
export function json<Shape extends z.ZodType>(shape: Shape) {
  return validator('json', (body): z.output<Shape> => shape.parse(body))
}

/** The words of an address, by their shape. @throws ZodError for others */
export function query<Shape extends z.ZodType>(shape: Shape) {
  return validator('query', (words): z.output<Shape> => shape.parse(words))
}
