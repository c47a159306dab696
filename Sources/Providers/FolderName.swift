/// Which names may become folders.
enum FolderName {
  /// Letters, digits, `-` and `_` lead nowhere else.
  static func isUsable(_ name: String, max: Int) -> Bool {
    !name.isEmpty && name.utf8.count <= max
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
