export * from '../util/optional-package'
