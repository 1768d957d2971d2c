import { existsSync } from 'node:fs'
import * as path from 'node:path'
import * as pulumi from '@pulumi/pulumi'
import { compileFunctions } from './function-code.ts'

let compiled: Promise<Map<string, string>> | undefined
const made = new Map<string, Promise<pulumi.asset.AssetArchive>>()

/** The code of `functions/<name>/handler.ts` as Lambda wants it; made once, however many schedulers a program creates. */
export function bundle(name: string): Promise<pulumi.asset.AssetArchive> {
  const archive = made.get(name) ?? archiveOf(name)
  made.set(name, archive)
  return archive
}

async function archiveOf(name: string): Promise<pulumi.asset.AssetArchive> {
  return new pulumi.asset.AssetArchive({ 'index.js': await codeOf(name) })
}

/** In the package it is compiled already, by the same compiler. */
async function codeOf(name: string): Promise<pulumi.asset.Asset> {
  const brought = path.join(import.meta.dirname, '..', 'functions', name, 'index.js')
  if (existsSync(brought)) return new pulumi.asset.FileAsset(brought)
  compiled ??= compileFunctions()
  const code = (await compiled).get(name)
  if (code === undefined) throw new Error(`there is no functions/${name}/handler.ts to make a function of`)
  return new pulumi.asset.StringAsset(code)
}
