import { quantile } from '../measure/quantiles.ts'
import { bucketEdges, countPerBucket } from './histogram.ts'
import { axisTicks, document, group, legend, line, path, text } from './svg.ts'

/** A distribution to draw. */
export interface Series {
  name: string
  /** Ascending, ms. */
  sorted: ArrayLike<number>
}

const WIDTH = 960
const PANEL = { width: 880, height: 230, left: 60 }
const LEAST_MS = 0.5
const COLORS: Record<string, string> = { scheduler: '#1f6feb', floor: '#8b949e', bullmq: '#d1495b' }
const OTHERS = ['#edae49', '#2a9d8f', '#7b2cbf', '#000000']

/** Two panels: how many events were how late, on a logarithmic axis, and lateness by percentile. */
export function latenessPicture(title: string, all: readonly Series[]): string {
  const series = all.filter(({ sorted }) => sorted.length > 0)
  const most = Math.max(10, ...series.map(({ sorted }) => sorted[sorted.length - 1] ?? 0))
  const names = series.map(({ name }) => name)
  return document(WIDTH, 2 * PANEL.height + 170, [
    text(PANEL.left, 26, title, { 'font-size': 16, 'font-weight': 'bold' }),
    legend(
      PANEL.left,
      46,
      names.map((name) => [name, colorOf(name, names)]),
    ),
    group(PANEL.left, 70, histogramPanel(series, names, most)),
    group(PANEL.left, 70 + PANEL.height + 60, percentilePanel(series, names, most)),
  ])
}

function histogramPanel(series: readonly Series[], names: string[], most: number): string[] {
  const edges = bucketEdges(LEAST_MS, most)
  const shares = series.map(({ sorted }) => countPerBucket(sorted, edges).map((count) => count / sorted.length))
  const highest = Math.max(...shares.flat())
  const x = logScale(LEAST_MS, edges.at(-1) as number, PANEL.width)
  const y = (share: number) => PANEL.height * (1 - share / highest)
  const curves = shares.map((counts, i) => {
    const steps = counts.flatMap((share, at) => [
      [x(edges[at] as number), y(share)] as const,
      [x(edges[at + 1] as number), y(share)] as const,
    ])
    return path(steps, colorOf(names[i] ?? '', names))
  })
  return [
    ...frame('lateness, ms (logarithmic; the first step is below 1 ms)', 'share of events'),
    ...msTicks(x, most),
    ...curves,
  ]
}

/** 1 − 1/10 … 1 − 1/100,000: each step as wide as the one before. */
const NINES = [0, 0.5, 0.9, 0.99, 0.999, 0.9999]

function percentilePanel(series: readonly Series[], names: string[], most: number): string[] {
  const x = (q: number) => (PANEL.width * Math.log10(1 / (1 - q))) / 4
  const y = logScale(LEAST_MS, most * 1.2, PANEL.height)
  const qs = Array.from({ length: 200 }, (_, i) => 1 - 10 ** ((-4 * i) / 199))
  const curves = series.map(({ name, sorted }) =>
    path(
      qs.map((q) => [x(q), PANEL.height - y(Math.max(LEAST_MS, quantile(sorted, q)))] as const),
      colorOf(name, names),
    ),
  )
  const xTicks = axisTicks(
    NINES.map((q) => [x(q), `${Number((q * 100).toFixed(2))}%`]),
    PANEL.height,
    'x',
  )
  const yTicks = axisTicks(
    decades(most).map((ms) => [PANEL.height - y(ms), `${ms}`]),
    PANEL.width,
    'y',
  )
  return [...frame('percentile of events', 'lateness, ms'), ...xTicks, ...yTicks, ...curves]
}

const msTicks = (x: (ms: number) => number, most: number) =>
  axisTicks(
    decades(most).map((ms) => [x(ms), `${ms}`]),
    PANEL.height,
    'x',
  )

const decades = (most: number) =>
  [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000].filter((ms) => ms <= most * 1.2)

const logScale = (from: number, to: number, length: number) => (value: number) =>
  (length * Math.log(Math.max(value, from) / from)) / Math.log(to / from)

const frame = (below: string, beside: string) => [
  line(0, PANEL.height, PANEL.width, PANEL.height),
  line(0, 0, 0, PANEL.height),
  text(PANEL.width, PANEL.height + 36, below, { 'text-anchor': 'end' }),
  text(4, -6, beside),
]

function colorOf(name: string, names: readonly string[]): string {
  const [system = ''] = name.split(' ')
  const known = names.filter((each) => each.split(' ')[0] === system).length === 1 ? COLORS[system] : undefined
  return known ?? OTHERS[names.indexOf(name) % OTHERS.length] ?? '#000000'
}
