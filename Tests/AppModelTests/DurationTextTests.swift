import AppModel
import Testing

@Suite struct DurationTextTests {
  @Test(arguments: [
    ("90s", 90_000), ("5m", 300_000), ("2h", 7_200_000), ("500ms", 500), ("1d", 86_400_000), ("1.5h", 5_400_000),
    ("1m30s", 90_000), ("0s", 0), ("1h2m3s4ms", 3_723_004),
  ])
  func readsDurationsAsPeopleWriteThem(text: String, milliseconds: Int) {
    #expect(Duration(text: text) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "s", "90", "-5s", "5 s", "5S", "1e3s", ".5s", "5.s", "1..5s", "nan", "9999999999999999999s", "99999999d", "1s1s1s1s1s1s",
    "٣s", "5m ",
  ])
  func refusesWhatIsNoDuration(text: String) {
    #expect(Duration(text: text) == nil)
  }

  @Test(arguments: [
    ("90s", "1m30s"), ("60s", "1m"), ("0s", "0s"), ("500ms", "500ms"), ("3600s", "1h"), ("25h", "1d1h"), ("1500ms", "1s500ms"),
  ])
  func writesTheLargestUnitsThatFit(text: String, written: String) {
    #expect(Duration(text: text)?.text == written)
  }

  @Test func secondsThatAreNoDurationAreRefused() {
    for seconds in [Double.nan, .infinity, -.infinity, -1, -0.001, 1e18, 1e300] { #expect(Duration(seconds: seconds) == nil) }
    #expect(Duration(seconds: 0.25) == .milliseconds(250))
  }
}

@Suite struct ByteCountTextTests {
  @Test(arguments: [
    ("64GB", 64 << 30), ("512MB", 512 << 20), ("512 mb", 512 << 20), ("1.5GiB", 3 << 29), ("7B", 7), ("1TB", 1 << 40),
    ("3kb", 3072),
  ])
  func readsSizesAsPeopleWriteThem(text: String, bytes: Int) {
    #expect(ByteCount(text: text) == ByteCount(Int64(bytes)))
  }

  @Test(arguments: ["", "GB", "64", "-1GB", "1.GB", "1e9B", "64GBs", "nanGB", "99999999999TB"])
  func refusesWhatIsNoSize(text: String) {
    #expect(ByteCount(text: text) == nil)
  }

  @Test func whatIsWrittenCanBeReadAgain() {
    for bytes in [Int64(0), 1, 1023, 1024, 512 << 20, 3 << 30, 5 << 40] {
      #expect(ByteCount(text: ByteCount(bytes).text) == ByteCount(bytes))
    }
  }
}
