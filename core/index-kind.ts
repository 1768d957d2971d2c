/** Which ids are indexed: those that clients give, or none. */
export const INDEXES = ['own', 'none'] as const

/** What a stack's setting says of it. */
export type IndexKind = (typeof INDEXES)[number]
