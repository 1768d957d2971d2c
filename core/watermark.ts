/** How far the loader has come. */
export interface Watermark {
  /** Minutes before this instant have been swept, epoch ms. */
  sweptUntilMs: number
  /** Minutes before this instant are settled or empty, epoch ms. */
  auditedUntilMs: number
  /** The most shards the stack ever had: slots of shards since given up may still hold events. */
  shards: number
}
