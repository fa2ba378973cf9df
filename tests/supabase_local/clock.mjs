// Preloaded into Node: gives an unmodified client the time of the server under test, ARTI_CLOCK_AHEAD_SECONDS from ours.
const ahead = 1000 * Number(process.env.ARTI_CLOCK_AHEAD_SECONDS ?? 0)
const RealDate = Date

if (ahead) {
  globalThis.Date = class Date extends RealDate {
    constructor(...values) {
      super(...(values.length ? values : [RealDate.now() + ahead]))
    }
    static now() {
      return RealDate.now() + ahead
    }
  }
}
