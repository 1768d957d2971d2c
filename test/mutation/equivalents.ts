/** A change of the code that nobody can see from outside, so that no test can fail by it. */
export interface Equivalent {
  file: string
  /** What stands there, in one line. */
  from: string
  /** What stands there instead. */
  to: string
  why: string
}

export const EQUIVALENTS: Equivalent[] = []
