/** A Lambda handler whose dependencies are made once per instance, at the first invocation. */
export function lambda<Input, Output>(create: () => (input: Input) => Promise<Output>) {
  let run: ((input: Input) => Promise<Output>) | undefined
  return (input: Input): Promise<Output> => {
    run ??= create()
    return run(input)
  }
}
