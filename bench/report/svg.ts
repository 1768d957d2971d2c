// The little SVG that a chart needs.

type Attributes = Record<string, string | number>

const escaped = (value: string) => value.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)

const element = (name: string, attributes: Attributes, inner = '') => {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
  return `<${name}${pairs.join('')}>${inner}</${name}>`
}

export const document = (width: number, height: number, parts: readonly string[]) =>
  element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      'font-family': 'sans-serif',
      'font-size': 12,
    },
    [element('rect', { width, height, fill: '#ffffff' }), ...parts].join('\n'),
  )

export const group = (x: number, y: number, parts: readonly string[]) =>
  element('g', { transform: `translate(${x} ${y})` }, parts.join('\n'))

export const text = (x: number, y: number, content: string, more: Attributes = {}) =>
  element('text', { x, y, fill: '#24292f', ...more }, escaped(content))

export const line = (x1: number, y1: number, x2: number, y2: number, stroke = '#57606a') =>
  element('line', { x1, y1, x2, y2, stroke })

export const path = (points: readonly (readonly [number, number])[], stroke: string) =>
  element('path', {
    d: points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(''),
    fill: 'none',
    stroke,
    'stroke-width': 2,
  })

/** Labels along an axis, each with a thin line across the panel. @param across length of these lines */
export const axisTicks = (ticks: readonly (readonly [number, string])[], across: number, axis: 'x' | 'y') =>
  ticks.flatMap(([at, label]) =>
    axis === 'x'
      ? [line(at, 0, at, across, '#d0d7de'), text(at, across + 16, label, { 'text-anchor': 'middle' })]
      : [line(0, at, across, at, '#d0d7de'), text(-6, at + 4, label, { 'text-anchor': 'end' })],
  )

export const legend = (x: number, y: number, entries: readonly (readonly [string, string])[]) =>
  entries
    .map(([name, color], i) => {
      const left = x + i * 170
      return element('rect', { x: left, y: y - 9, width: 12, height: 10, fill: color }) + text(left + 18, y, name)
    })
    .join('')
