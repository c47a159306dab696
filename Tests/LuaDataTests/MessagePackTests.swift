import Testing

@testable import Lua

/// MessagePack to tapes and back.
@Suite struct MessagePackTests {
  static func tape(_ bytes: [UInt8], limit: Int = LuaTape.sizeMax) throws -> LuaTape {
    try bytes.withUnsafeBytes { try LuaTape(messagePack: $0, limit: limit) }
  }

  static func json(_ bytes: [UInt8]) throws -> String { String(decoding: try tape(bytes).json(), as: UTF8.self) }

  /// Each in its shortest form, so that writing gives the same bytes.
  @Test(
    arguments: [
      ([0xc0], "null"), ([0xc2], "false"), ([0xc3], "true"), ([0x00], "0"), ([0x7f], "127"), ([0xff], "-1"), ([0xe0], "-32"),
      ([0xcc, 0x80], "128"), ([0xcc, 0xff], "255"), ([0xcd, 0x01, 0x00], "256"), ([0xcd, 0xff, 0xff], "65535"),
      ([0xce, 0x00, 0x01, 0x00, 0x00], "65536"), ([0xce, 0xff, 0xff, 0xff, 0xff], "4294967295"),
      ([0xcf, 0, 0, 0, 1, 0, 0, 0, 0], "4294967296"),
      ([0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "9223372036854775807"),
      ([0xd0, 0xdf], "-33"), ([0xd0, 0x80], "-128"), ([0xd1, 0xff, 0x7f], "-129"), ([0xd1, 0x80, 0x00], "-32768"),
      ([0xd2, 0xff, 0xff, 0x7f, 0xff], "-32769"), ([0xd2, 0x80, 0, 0, 0], "-2147483648"),
      ([0xd3, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff], "-2147483649"),
      ([0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], "-9223372036854775808"), ([0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"),
      ([0xa0], "\"\""), ([0xa1, 0x61], "\"a\""), ([0xa2, 0xc3, 0xa4], "\"ä\""), ([0x90], "[]"),
      ([0x93, 1, 2, 0xc0], "[1,2,null]"),
      ([0x80], "{}"), ([0x82, 0xa1, 0x61, 1, 0xa1, 0x62, 0x91, 0x80], "{\"a\":1,\"b\":[{}]}"),
    ] as [([UInt8], String)])
  func knownVectorsReadAsTheyShouldAndAreWrittenAgain(bytes: [UInt8], json: String) throws {
    #expect(try Self.json(bytes) == json)
    #expect(try Self.tape(bytes).messagePack() == bytes)
  }

  @Test(
    arguments: [
      ([0xcc, 0x01], "1"), ([0xd3, 0, 0, 0, 0, 0, 0, 0, 5], "5"), ([0xca, 0x3f, 0xc0, 0, 0], "1.5"),
      ([0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "1.8446744073709552e+19"), ([0xd9, 1, 0x61], "\"a\""),
      ([0xda, 0, 1, 0x61], "\"a\""), ([0xdb, 0, 0, 0, 1, 0x61], "\"a\""), ([0xc4, 1, 0x61], "\"a\""),
      ([0xc5, 0, 1, 0x61], "\"a\""),
      ([0xc6, 0, 0, 0, 1, 0x61], "\"a\""), ([0xdc, 0, 1, 7], "[7]"), ([0xdd, 0, 0, 0, 1, 7], "[7]"),
      ([0xde, 0, 1, 0xa1, 0x61, 7], "{\"a\":7}"), ([0xdf, 0, 0, 0, 1, 0xa1, 0x61, 7], "{\"a\":7}"),
      ([0x83, 0x01, 7, 0xd1, 0xff, 0x7f, 8, 0xc4, 1, 0x62, 9], "{\"1\":7,\"-129\":8,\"b\":9}"),
    ] as [([UInt8], String)])
  func otherFormsReadAsWell(bytes: [UInt8], json: String) throws { #expect(try Self.json(bytes) == json) }

  @Test(
    arguments: [
      ([], .syntax), ([0xc1], .syntax), ([0xcc], .syntax), ([0xa2, 0x61], .syntax), ([0x92, 1], .syntax), ([1, 2], .syntax),
      ([0xdd, 0xff, 0xff, 0xff, 0xff], .syntax), ([0xdf, 0xff, 0xff, 0xff, 0xff], .syntax),
      ([0xc6, 0xff, 0xff, 0xff, 0xff], .syntax),
      ([0x81, 0x90, 1], .syntax), ([0x82, 0xa1, 0x61, 1, 0xa1, 0x61, 2], .syntax), ([0x82, 0x01, 1, 0xa1, 0x31, 2], .syntax),
      ([0xd4, 1, 0], .refused), ([0xd6, 0xff, 0, 0, 0, 0], .refused), ([0xc7, 0, 1], .refused),
    ] as [([UInt8], LuaDataError.Code)])
  func whatIsNoValueIsRefused(bytes: [UInt8], code: LuaDataError.Code) throws {
    let error = #expect(throws: LuaDataError.self) { try Self.tape(bytes) }
    #expect(error?.code == code)
  }

  @Test func nestingAndSizeAreBounded() throws {
    let deep = [UInt8](repeating: 0x91, count: LuaTape.depthMax)
    #expect(try Self.tape(deep.dropLast() + [0x90]).messagePack() == deep.dropLast() + [0x90])
    #expect(throws: LuaDataError.self) { try Self.tape(deep + [0x90]) }
    let long = [0xdc, 0xff, 0xff] + [UInt8](repeating: 0x90, count: 65_535)
    let error = #expect(throws: LuaDataError.self) { try Self.tape(long, limit: 100_000) }
    #expect(error?.code == .limit)
    let tape = try Self.tape(long)
    #expect(throws: LuaDataError.self) { try tape.messagePack(limit: 65_537) }
    #expect(try tape.messagePack(limit: 65_538) == long)
  }

  @Test func manyKeysAreToldApart() throws {
    var bytes: [UInt8] = [0xde, 0x03, 0xe8]
    for number in 0..<1000 { bytes += [0xcd, UInt8(number >> 8), UInt8(number & 255), 1] }
    #expect(try Self.tape(bytes).json().count > 1000)
    bytes[bytes.count - 4 + 1] = 0
    bytes[bytes.count - 4 + 2] = 7
    #expect(throws: LuaDataError.self) { try Self.tape(bytes) }
  }

  @Test func stringsThatAreNoTextAreBinaryData() throws {
    let state = try LuaState()
    let echo = try state.load("return ...", name: "echo")
    let bytes: [UInt8] = [0x93, 0xc4, 0x02, 0xff, 0xfe, 0xa2, 0xc3, 0xa4, 0xc4, 0x02, 0x00, 0x00]
    let tape = try Self.tape(bytes)
    let values = try echo.call(arguments: [tape])
    guard case .table(let table) = values.first else { throw LuaDataError(code: .refused, message: "no table") }
    #expect(try table.tape().messagePack() == bytes)
  }

  /// Whatever comes, there is a value that can be written and read again, or an error.
  @Test(arguments: 1...8)
  func randomAndMutatedBytesDoNoHarm(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    let good: [UInt8] = [
      0x85, 0xa1, 0x61, 0x93, 1, 0xcd, 1, 2, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xa4, 0x6c, 0x69, 0x73, 0x74, 0xdc, 0, 3, 0xc0,
      0xc2,
      0xc3, 0xa1, 0x62, 0xc4, 3, 1, 2, 3, 0x05, 0x81, 0xa1, 0x78, 0xd0, 0x80, 0xa1, 0x7a, 0x90,
    ]
    _ = try Self.tape(good)
    var read = 0
    for round in 0..<20_000 {
      var bytes = good
      if round.isMultiple(of: 2) {
        bytes = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      } else {
        for _ in 0...(random.next() % 4) {
          bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        if random.next().isMultiple(of: 4) { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
      }
      guard let tape = try? Self.tape(bytes, limit: 1 << 20) else { continue }
      read += 1
      let written = try tape.messagePack()
      #expect(try Self.tape(written).messagePack() == written)
    }
    #expect(read > 100)
  }
}
