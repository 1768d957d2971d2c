import { expect } from 'chai'

/** The error that a call fails with. */
export const errorOf = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail('the call does not fail'),
    (error) => error,
  )
