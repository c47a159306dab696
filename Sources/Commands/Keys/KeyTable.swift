import ControlAPI

/// Keys as `keys list` shows them.
enum KeyTable {
  static func render(_ list: KeyList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([
      .init("ID"), .init("User"), .init("Preset"), .init("Concurrency", .right), .init("Created"), .init("Expires"),
      .init("Description"),
    ])
    for key in list.keys {
      table.add([
        key.id, key.user, key.preset, key.concurrency.map { "\($0)" } ?? "-", time.moment(key.createdAt),
        key.expiresAt.map { time.moment($0) } ?? "never", key.description ?? "",
      ])
    }
    return table.render(style)
  }
}
