import { createRequire } from 'node:module'

/**
 * Loaded before Stryker and its processes: mocha 12 names parts of itself `.cjs` that Stryker's runner of today (10.0)
 * looks for without an ending. Node then finds them as it finds `.js`.
 */
const { extensions } = createRequire(import.meta.url)
extensions['.cjs'] ??= extensions['.js']
