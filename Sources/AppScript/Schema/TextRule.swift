/// What a text value must look like.
public enum TextRule: Sendable, Hashable {
  /// Any text that is not empty.
  case any
  /// A name: lowercase letters, digits and hyphens, 1 to 63 of them.
  case name
  /// Name of an environment variable or a secret.
  case variable
  /// A value of an environment variable: text, or a number that is written as one.
  case variableValue
  /// Path of a URL: starts with "/".
  case urlPath
  /// A path or pattern of files below the script's folder.
  case bundlePattern
  /// A pattern of files to leave behind.
  case ignorePattern
  /// Absolute path of a persistent folder.
  case mount
  /// Name of a machine type; whether it exists is checked against the catalogue.
  case machineType
  /// Name of an HTTP header.
  case header
  /// A user's name: a name, and none that URLs of the server begin with.
  case owner
  /// Name of a node or of a label: letters, digits and `- _ .`, 1 to 63 of them.
  case label
  /// Where to listen: `127.0.0.1:8090`.
  case address
}
