import { NEAR_MIX, steady, type Workload } from '../workload.ts'

/** A stretch of a run in which events fall due at one rate. */
export interface Phase {
  label: string
  /** Events due a second. */
  rate: number
  seconds: number
  /** Its events, none of them a warm-up. */
  workload: Workload
}

/** Phases that fall due one after the other, without a gap: each is handed in by a publisher of its own, a near mix. */
export function phasesOf(stretches: readonly { label: string; rate: number; seconds: number }[]): Phase[] {
  let dueFromMs = 0
  return stretches.map((stretch) => {
    const workload = steady({ ...stretch, warmUpSeconds: 0, leadMs: NEAR_MIX })
    dueFromMs = dueFromMs || workload.dueFromMs
    const phase = { ...stretch, workload: { ...workload, dueFromMs, startAtMs: dueFromMs - NEAR_MIX[1] } }
    dueFromMs += stretch.seconds * 1_000
    return phase
  })
}

/** From when on, and until when, the events of a phase fall due, epoch ms. */
export const spanOf = ({ workload: { dueFromMs, spreadMs } }: Phase) => [dueFromMs, dueFromMs + spreadMs] as const
