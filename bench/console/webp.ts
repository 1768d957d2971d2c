import type { Browser } from 'playwright-core'

/** Enough for text to be sharp. */
const QUALITY = 0.82

/** A picture as WebP, a quarter of the PNG's size: by the browser, which has it built in. */
export async function toWebp(browser: Browser, png: Buffer): Promise<Buffer> {
  const page = await browser.newPage()
  const url = await page.evaluate(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${png.toString('base64')}'
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    canvas.getContext('2d').drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', ${QUALITY})
  })()`)
  await page.close()
  return Buffer.from(String(url).split(',')[1] ?? '', 'base64')
}
