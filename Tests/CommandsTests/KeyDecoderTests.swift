import Testing

@testable import Commands

@Suite struct KeyDecoderTests {
  static let cases: [(String, [Key])] = [
    ("abc", [.text("abc")]), ("é日👍", [.text("é日👍")]), ("a\r", [.text("a"), .enter]),
    ("\u{1}\u{5}\u{B}\u{15}\u{17}\u{19}", [.home, .end, .killToEnd, .killToStart, .deleteWordBack, .yank]),
    ("\u{3}\u{4}\u{12}\u{C}", [.interrupt, .endOfInput, .searchBack, .clearScreen]),
    ("\u{7F}\u{8}\t", [.backspace, .backspace, .tab]),
    ("\u{1B}[A\u{1B}[B\u{1B}[C\u{1B}[D", [.up, .down, .right, .left]),
    ("\u{1B}OA\u{1B}OF\u{1B}OH", [.up, .end, .home]), ("\u{1B}[1~\u{1B}[4~\u{1B}[3~", [.home, .end, .deleteForward]),
    ("\u{1B}[1;5C\u{1B}[1;3D", [.wordRight, .wordLeft]),
    ("\u{1B}b\u{1B}f\u{1B}d\u{1B}\u{7F}", [.wordLeft, .wordRight, .deleteWordForward, .deleteWordBack]),
    ("\u{1B}\r", [.lineBreak]), ("\u{1B}[99Zx", [.unknown, .text("x")]),
    ("\u{1B}[200~if a\r\nthen\u{7}\tb\u{1B}[201~x", [.paste("if a\nthen\tb"), .text("x")]),
  ]

  @Test(arguments: cases) func bytesBecomeKeys(bytes: String, keys: [Key]) {
    var decoder = KeyDecoder()
    let step1 = decoder.feed(bytes.utf8)
    #expect(step1 == keys)
  }

  @Test(arguments: cases) func itDoesNotMatterWhereBytesAreCut(bytes: String, keys: [Key]) {
    var decoder = KeyDecoder()
    var seen: [Key] = []
    for byte in bytes.utf8 {
      for key in decoder.feed([byte]) {
        if case .text(let new) = key, case .text(let old) = seen.last {
          seen[seen.count - 1] = .text(old + new)
        } else {
          seen.append(key)
        }
      }
    }
    #expect(seen == keys)
    #expect(!decoder.isUndecided)
  }

  @Test func anEscAloneIsAKeyOnceNothingFollows() {
    var decoder = KeyDecoder()
    let step2 = decoder.feed([0x1B])
    #expect(step2.isEmpty)
    #expect(decoder.isUndecided)
    let step3 = decoder.flush()
    #expect(step3 == [.leaveSearch])
    let step4 = decoder.feed("a".utf8)
    #expect(step4 == [.text("a")])
  }

  @Test func brokenUTF8IsReplacedAndSwallowsNoKey() {
    var decoder = KeyDecoder()
    let step5 = decoder.feed([0xE6, 0x97, 0x0D])
    #expect(step5 == [.text("\u{FFFD}"), .enter])
    let step6 = decoder.feed([0xFF, 0x61])
    #expect(step6 == [.text("\u{FFFD}a")])
  }

  @Test func anEndlessSequenceAndPasteAreBounded() {
    var decoder = KeyDecoder()
    let step7 = decoder.feed("\u{1B}[".utf8 + Array(repeating: 0x31, count: 100))
    #expect(step7.first == .unknown)
    var pasting = KeyDecoder()
    let keys = pasting.feed("\u{1B}[200~".utf8 + Array(repeating: UInt8(ascii: "x"), count: KeyDecoder.pasteMax + 1))
    #expect(keys.count == 1)
  }
}
