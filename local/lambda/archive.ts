import { readdir, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'

/** A Pulumi asset or archive as the mocks hand it over: whatever it has may be a promise. */
interface AssetLike {
  text?: Promise<string> | string
  path?: Promise<string> | string
  assets?: Promise<Record<string, unknown>> | Record<string, unknown>
}

/** The text files in a function's deployment archive, by their path in it. */
export async function filesOf(archive: unknown, at = ''): Promise<Map<string, string>> {
  const asset = (await archive) as AssetLike
  if (asset?.text !== undefined) return new Map([[at, await asset.text]])
  if (asset?.path !== undefined) return filesAt(await asset.path, at)
  const parts = Object.entries((await asset?.assets) ?? {})
  const found = await Promise.all(parts.map(([name, part]) => filesOf(part, posix.join(at, name))))
  return new Map(found.flatMap((files) => [...files]))
}

async function filesAt(path: string, at: string): Promise<Map<string, string>> {
  if (!(await stat(path)).isDirectory()) return new Map([[at, await readFile(path, 'utf8')]])
  const files = new Map<string, string>()
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    files.set(posix.join(at, file.slice(path.length + 1)), await readFile(file, 'utf8'))
  }
  return files
}
