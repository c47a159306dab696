import Glibc
import Platform

extension UnnamedFile {
  /// Shows the content to `body`, without a copy.
  func withContent<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw SystemError("mmap a content")
    }
    defer { munmap(start, size) }
    return try body(UnsafeRawBufferPointer(start: start, count: size))
  }
}
