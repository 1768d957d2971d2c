import { printable } from '../../local/terminal/printable.ts'

/** A column of a table: its head, and what stands in it. */
export interface Column<Row> {
  head: string
  cell: (row: Row) => string | number | undefined
}

/** Rows whose widths are known before the first is printed. */
const LOOKED_AT = 100

const GAP = '  '

/**
 * Lines of a table, as wide as what is in it, or as the terminal: then the widest columns are cut. Widths follow from the
 * first hundred rows, so that any number can be printed as they come.
 * @param columns characters of a line; undefined where nobody counts them
 */
export async function* tableLines<Row>(
  shown: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
  columns?: number,
): AsyncGenerator<string> {
  const waiting: string[][] = []
  let widths: number[] | undefined
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => fitted(cell, widths?.[i] ?? cell.length))
      .join(GAP)
      .trimEnd()
  const begin = () => {
    const heads = shown.map(({ head }) => head)
    widths = widthsOf([heads, ...waiting], columns)
    return [heads, ...waiting.splice(0)].map(line)
  }
  for await (const row of rows) {
    const cells = shown.map(({ cell }) => printable(String(cell(row) ?? '')))
    if (widths) yield line(cells)
    else waiting.push(cells)
    if (waiting.length === LOOKED_AT) yield* begin()
  }
  if (waiting.length > 0) yield* begin()
}

/** How wide each column is: what is in it, but all together no more than a line. */
function widthsOf(rows: readonly string[][], columns = Number.POSITIVE_INFINITY): number[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)))
  const most = Math.max(columns - GAP.length * (widths.length - 1), widths.length)
  while (widths.reduce((sum, width) => sum + width, 0) > most) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] as number) - 1
  }
  return widths
}

function fitted(cell: string, width: number): string {
  return cell.length > width ? `${cell.slice(0, Math.max(0, width - 1))}…` : cell.padEnd(width)
}
