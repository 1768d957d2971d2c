/** What keeps the stack from starting and can be put right by whoever starts it: the message says what and how. */
export class CannotStart extends Error {
  override name = 'CannotStart'
}
