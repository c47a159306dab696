import AppModel
import EngineCore

extension HTTPConnection {
  /// What the request's `Authorization` header gives. The same header is looked at once on a connection, until keys change.
  func grant() -> Grant? {
    let version = core.authenticator.version
    if let rememberedGrant, rememberedGrant.version == version, rememberedGrant.authorization == request.authorization {
      return rememberedGrant.grant
    }
    let grant = core.authenticator.grant(authorization: request.authorization)
    // What is no key now is none until keys change.
    rememberedGrant =
      grant?.isLasting ?? true
      ? RememberedGrant(authorization: request.authorization, version: version, grant: grant) : nil
    return grant
  }

  /// What the request's key gives, or else its token, which is for some apps only.
  private func grant(for app: RoutedApp?) -> Grant? {
    guard request.authorization == nil, let token = request.token, let app else { return grant() }
    return core.authenticator.grant(token: token, app: app.name)
  }

  /// Takes the token out of the query: the app has no use for it, and nobody is to read it in a log.
  func takeToken(_ query: inout String) {
    let asked = SocketQuery(query)
    guard asked.token != nil else { return }
    request.token = asked.token
    request.target = String(request.target.prefix { $0 != "?" }) + asked.rest
    query = asked.rest
  }

  /// Whether the request may go on to the app; nil as `app`: there is none of that name.
  func admission(to app: RoutedApp?) -> Admission {
    let grant = grant(for: app)
    let admission = Admission.decide(auth: app?.route.auth, owner: app?.route.app.owner ?? "", grant: grant)
    if case .admitted(let caller) = admission {
      request.caller = caller
      request.concurrencyMax = grant?.concurrencyMax
    } else if let grant {
      // Only for the record.
      request.caller = grant.caller
    }
    return admission
  }

  /// Gives the exchange a place among those of the caller's key; false: the key has too many.
  func takePlace(for exchange: Exchange) -> Bool {
    guard let max = request.concurrencyMax else { return true }
    exchange.place = core.places.enter(request.caller.key, max: max)
    return exchange.place != nil
  }
}
