/** One structured line each; Lambda adds time and request id, and drops what is below the stack's log level. */
export const log = {
  debug: (message: string, details: object = {}) => console.debug({ message, ...details }),
  info: (message: string, details: object = {}) => console.info({ message, ...details }),
  warn: (message: string, details: object = {}) => console.warn({ message, ...details }),
  error: (message: string, details: object = {}) => console.error({ message, ...details }),
}

export type Log = typeof log
