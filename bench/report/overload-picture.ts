import type { Second } from '../overload/outcome.ts'
import { axisTicks, document, group, legend, line, path, text } from './svg.ts'

/** A run to draw: second by second. */
export interface Course {
  name: string
  seconds: readonly Second[]
}

const WIDTH = 960
const PANEL = { width: 880, height: 210, left: 60 }
const COLORS = ['#1f6feb', '#d1495b', '#edae49', '#2a9d8f', '#7b2cbf']
const LEAST_MS = 1

/** Two panels over the time of a run: what arrived a second, and how late, at the p99, what fell due then was. */
export function overloadPicture(title: string, courses: readonly Course[], borders: readonly number[]): string {
  const length = Math.max(1, ...courses.map(({ seconds }) => seconds.length))
  const most = Math.max(1, ...courses.flatMap(({ seconds }) => seconds.map(({ arrived }) => arrived)))
  const x = (second: number) => (PANEL.width * second) / length
  const arrived = (value: number) => PANEL.height * (1 - value / most)
  const latest = Math.max(10, ...courses.flatMap(({ seconds }) => seconds.map(({ p99 }) => finite(p99))))
  const late = (ms: number) =>
    PANEL.height * (1 - Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / Math.log((latest * 1.2) / LEAST_MS))
  const curves = (value: (second: Second) => number) =>
    courses.map(({ seconds }, i) =>
      path(
        seconds
          .filter((one) => !Number.isNaN(one.p99) || one.arrived > 0)
          .map((one) => [x(one.second), value(one)] as const),
        COLORS[i % COLORS.length] as string,
      ),
    )
  const edges = borders.map((second) => line(x(second), 0, x(second), PANEL.height, '#8b949e'))
  const panel = (caption: string, parts: readonly string[]) => [
    text(4, -6, caption),
    line(0, PANEL.height, PANEL.width, PANEL.height),
    line(0, 0, 0, PANEL.height),
    ...axisTicks(
      ticksTo(length).map((second) => [x(second), `${second} s`]),
      PANEL.height,
      'x',
    ),
    ...edges,
    ...parts,
  ]
  const decades = [1, 10, 100, 1_000, 10_000, 100_000].filter((ms) => ms <= latest * 1.2)
  return document(WIDTH, 2 * PANEL.height + 180, [
    text(PANEL.left, 26, title, { 'font-size': 16, 'font-weight': 'bold' }),
    legend(
      PANEL.left,
      46,
      courses.map(({ name }, i) => [name, COLORS[i % COLORS.length] as string]),
    ),
    group(PANEL.left, 76, [
      ...panel(
        'events that arrived, a second',
        axisTicks(
          ticksTo(most).map((value) => [arrived(value), `${value}`]),
          PANEL.width,
          'y',
        ),
      ),
      ...curves((one) => arrived(one.arrived)),
    ]),
    group(PANEL.left, 76 + PANEL.height + 60, [
      ...panel(
        'p99 of the lateness of what fell due in that second, ms (logarithmic)',
        axisTicks(
          decades.map((ms) => [late(ms), `${ms}`]),
          PANEL.width,
          'y',
        ),
      ),
      ...curves((one) => late(finite(one.p99))),
    ]),
  ])
}

/** What never arrived is drawn at the edge. */
const finite = (ms: number) => (Number.isFinite(ms) ? ms : 1)

/** Five round steps or so from 0 on. */
function ticksTo(most: number): number[] {
  const rough = most / 5
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step)
}
