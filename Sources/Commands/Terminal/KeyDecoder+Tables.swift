// What each byte and sequence means: the keys of xterm, the Linux console, rxvt, tmux and screen.

extension KeyDecoder {
  static func control(_ byte: UInt8) -> Key {
    switch byte {
    case 0x01: .home
    case 0x02: .left
    case 0x03: .interrupt
    case 0x04: .endOfInput
    case 0x05: .end
    case 0x06: .right
    case 0x07: .leaveSearch
    case 0x08, 0x7F: .backspace
    case 0x09: .tab
    case 0x0A, 0x0D: .enter
    case 0x0B: .killToEnd
    case 0x0C: .clearScreen
    case 0x0E: .down
    case 0x10: .up
    case 0x12: .searchBack
    case 0x15: .killToStart
    case 0x17: .deleteWordBack
    case 0x19: .yank
    case 0x1A: .suspend
    default: .unknown
    }
  }

  /// The key of a sequence that ends in a letter; `modifier` is xterm's: 1 none, 3 Alt, 5 Ctrl.
  static func final(_ byte: UInt8, modifier: Int) -> Key {
    let byWord = modifier == 3 || modifier == 5
    switch UnicodeScalar(byte) {
    case "A": return .up
    case "B": return .down
    case "C": return byWord ? .wordRight : .right
    case "D": return byWord ? .wordLeft : .left
    case "F": return .end
    case "H": return .home
    case "M": return .enter
    default: return .unknown
    }
  }

  /// The key of a sequence `Esc [ number ~`.
  static func numbered(_ number: Int, modifier: Int) -> Key {
    let byWord = modifier == 3 || modifier == 5
    switch number {
    case 1, 7: return .home
    case 3: return byWord ? .deleteWordForward : .deleteForward
    case 4, 8: return .end
    default: return .unknown
    }
  }
}
