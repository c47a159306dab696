import AppModel
import EngineCore

/// An app's route as all its requests share it: a definition has dozens of parts, which none of them copies.
final class RoutedApp {
  let route: AppRoute
  /// `owner/app`, as URLs have it.
  let name: String

  init(_ route: AppRoute) {
    self.route = route
    name = route.app.description
  }
}

/// Where requests for a target go, as of a version of the routes: clients ask for the same again and again.
final class RememberedTarget {
  let uri: String
  let role: HostRole
  let routesVersion: Int
  let destination: Destination

  init(uri: String, role: HostRole, routesVersion: Int, destination: Destination) {
    self.uri = uri
    self.role = role
    self.routesVersion = routesVersion
    self.destination = destination
  }
}

/// What an `Authorization` header gave, as of a version of the keys.
final class RememberedGrant {
  let authorization: String?
  let version: Int
  let grant: Grant?

  init(authorization: String?, version: Int, grant: Grant?) {
    self.authorization = authorization
    self.version = version
    self.grant = grant
  }
}
