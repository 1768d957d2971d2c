import { expect } from 'chai'
import { configurationPage, documentedSettings, exampleStack } from '../../../infra/docs/configuration.ts'
import { parseSettings } from '../../../infra/settings.ts'
import { settingsSchema } from '../../../infra/settings-schema.ts'

const settings = documentedSettings()
/** By what a setting's name ends with. */
const UNITS = { Days: 'days', Mb: 'MB', Seconds: 'seconds' }

describe('the documentation of the configuration', () => {
  it('has every setting', () => {
    expect(settings.map(([key]) => key)).to.deep.equal(Object.keys(settingsSchema.shape))
  })

  for (const [key, doc] of settings) {
    it(`says what ${key} means, in whole sentences`, () => {
      for (const text of [doc.meaning, doc.more ?? '.']) expect(text).to.match(/\.$/)
      expect(configurationPage()).to.include(`## \`${key}\`\n\n${doc.meaning}`)
    })

    it(`names the unit of ${key} if its name does`, () => {
      const [, unit] = Object.entries(UNITS).find(([ending]) => key.endsWith(ending)) ?? []
      expect(doc.unit).to.equal(unit)
    })

    it(`tells the range of ${key} as its error does`, () => {
      expect(() => parseSettings({ [key]: {} })).to.throw(`; allowed: ${doc.range}`)
    })

    it(`tells the default of ${key} that is used`, () => {
      const used = parseSettings({})[key as keyof ReturnType<typeof parseSettings>]
      if (used === undefined) expect(doc.byDefault).to.be.a('string')
      else expect(doc.byDefault).to.equal(used)
    })

    it(`has an example of ${key} that is accepted`, () => {
      const value = doc.example ?? doc.byDefault
      expect(parseSettings({ [key]: value }))
        .to.have.property(key)
        .that.deep.equals(value)
      expect(exampleStack()).to.include(`  # aws-scheduler:${key}:`)
    })
  }

  it('has lines in the example that fit on a screen', () => {
    for (const line of exampleStack().split('\n')) expect(line.length, line).to.be.at.most(120)
  })
})
