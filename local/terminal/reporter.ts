import type { Publication } from '../publications.ts'
import type { Local } from '../start-local.ts'
import type { Happening } from './happening.ts'

/** Tells of the stack, in one way or another. */
export interface Reporter {
  /** What is being done while it starts. */
  starting(step: string): void
  /** @param dataDir where state is kept */
  ready(local: Local, dataDir: string): void
  happened(happening: Happening): void
  published(publication: Publication): void
  /** What the demo does and sees. */
  demo(text: string): void
  stopping(why: string): void
  stopped(): void
}
