import { registerHooks } from 'node:module'

// For programs that import the package by its name, as its users do, where it is not built: Node's `--import`.

const CLIENT = new URL('../../client/index.ts', import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'aws-scheduler/client' ? { url: CLIENT, shortCircuit: true } : next(specifier, context),
})
