/**
 * Options of Node for a function that must not pause. V8 copies what outlives a semi-space, and everything that is held
 * does: one of 2 MiB is copied in a millisecond or two; 5 % of the memory, which Lambda sets otherwise, or Node's own
 * 16 MiB take ten and more (`npm run bench:core`). Lambda then leaves the old space to Node too, which takes about half
 * of the memory. Source: bootstrap script of Lambda's Node.js runtime; Node.js documentation, `--max-semi-space-size`.
 */
export const NODE_OPTIONS = '--max-semi-space-size=2'
