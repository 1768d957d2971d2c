/**
 * Loaded with the tests: Stryker takes what runs between two tests, such as a suite's `before`, for part of the test before
 * it, and would ask that one alone. It belongs to no test, so that all are asked.
 */
export const mochaHooks = {
  afterEach(): void {
    const { __stryker__ } = globalThis as { __stryker__?: { currentTestId?: string | undefined } }
    if (__stryker__) __stryker__.currentTestId = undefined
  },
}
