/// Where a server listens when nobody says otherwise.
public enum ServerAddress {
  public static let host = "127.0.0.1"
  public static let port = 8090
}
