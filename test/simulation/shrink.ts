import { type Run, simulate } from './simulate.ts'

/** Leaves out, one by one, the faults and the hours that a violation does not need. */
export async function shrink(run: Run): Promise<Run> {
  let smallest = run
  const stillFails = async (candidate: Run) => {
    const { violation } = await simulate(candidate)
    if (violation) smallest = candidate
    return violation !== undefined
  }
  for (const fault of run.faults)
    await stillFails({ ...smallest, faults: new Set([...smallest.faults].filter((name) => name !== fault)) })
  while (
    smallest.hours > 0.1 &&
    (await stillFails({ ...smallest, hours: Math.round((smallest.hours / 2) * 100) / 100 }))
  );
  return smallest
}
