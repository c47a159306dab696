/// The version of this program and of what it speaks.
enum Version {
  static let text = "0.1.0"
}
