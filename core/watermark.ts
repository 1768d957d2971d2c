/** How far the loader has come. */
export interface Watermark {
  /** Minutes before this instant have been swept, epoch ms. */
  sweptUntilMs: number
  /** Every slot before this instant is settled, empty, or among the unsettled ones, epoch ms. */
  auditedUntilMs: number
}
