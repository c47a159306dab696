/// What a request header means to the gateway.
enum HeaderKind {
  /// For the app.
  case passed
  /// About this connection only, or about how the message is cut: never forwarded.
  case hop
  /// Addressed to the platform, and stripped, so that no caller can pretend to be it.
  case platform
  case authorization
  case contentLength
  case transferEncoding
  case connection
  case upgrade
  case expect
  case host
  /// `X-Fal-Request-Timeout`.
  case requestTimeout
  /// `X-Fal-Runner-Hint`.
  case runnerHint

  /// Looks at the length first: most names are told apart by it alone.
  init(_ name: String) {
    switch name.utf8.count {
    case 2: self = name.is("te") ? .hop : .passed
    case 4: self = name.is("host") ? .host : .passed
    case 6: self = name.is("expect") ? .expect : .platformOrPassed(name)
    case 7: self = name.is("upgrade") ? .upgrade : name.is("trailer") ? .hop : .platformOrPassed(name)
    case 10: self = name.is("connection") ? .connection : name.is("keep-alive") ? .hop : .platformOrPassed(name)
    case 13: self = name.is("authorization") ? .authorization : .platformOrPassed(name)
    case 14: self = name.is("content-length") ? .contentLength : .platformOrPassed(name)
    case 16: self = name.is("proxy-connection") ? .hop : .platformOrPassed(name)
    case 17:
      self =
        name.is("transfer-encoding") ? .transferEncoding : name.is("x-fal-runner-hint") ? .runnerHint : .platformOrPassed(name)
    case 19: self = name.is("proxy-authorization") ? .hop : .platformOrPassed(name)
    case 21: self = name.is("x-fal-request-timeout") ? .requestTimeout : .platformOrPassed(name)
    default: self = .platformOrPassed(name)
    }
  }

  /// Everything that begins with `x-fal-` is the platform's, but for the one header that fal hands to the app.
  private static func platformOrPassed(_ name: String) -> HeaderKind {
    guard name.begins("x-fal-") else { return .passed }
    return name.is("x-fal-object-lifecycle-preference") ? .passed : .platform
  }
}

/// What a header of an app's answer means to the gateway.
enum AnswerHeaderKind {
  case passed
  /// About the connection between runner and gateway, or written by the gateway itself.
  case hop
  /// An app's word to the platform, stripped from what the caller sees.
  case platform

  init(_ name: String) {
    switch name.utf8.count {
    case 2: self = name.is("te") ? .hop : .passed
    case 7: self = name.is("upgrade") || name.is("trailer") ? .hop : .passed
    case 10: self = name.is("connection") || name.is("keep-alive") ? .hop : .passed
    case 14: self = name.is("content-length") ? .hop : .passed
    case 16: self = name.is("x-fal-request-id") || name.is("proxy-connection") ? .hop : .passed
    case 17:
      if name.is("transfer-encoding") {
        self = .hop
      } else {
        self = name.is("x-fal-stop-runner") || name.is("x-fal-needs-retry") ? .platform : .passed
      }
    case 25: self = name.is("x-fal-runner-health-check") ? .platform : .passed
    default: self = .passed
    }
  }
}

extension String {
  /// Compares without regard to the case of ASCII letters; `lower` is in lower case.
  func `is`(_ lower: StaticString) -> Bool {
    utf8.count == lower.utf8CodeUnitCount && begins(lower)
  }

  func begins(_ lower: StaticString) -> Bool {
    let count = lower.utf8CodeUnitCount
    guard utf8.count >= count else { return false }
    let wanted = lower.utf8Start
    // Looked at where it is: this is done several times for each header of each request.
    var text = self
    return text.withUTF8 { bytes in
      for index in 0..<count {
        let byte = bytes[index]
        let folded = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
        guard folded == wanted[index] else { return false }
      }
      return true
    }
  }
}
