import ControlAPI

/// Users as `users list` shows them.
enum UserTable {
  static func render(_ list: UserList, _ time: TimeText, _ style: Style) -> String {
    var table = Table([.init("Name"), .init("Keys", .right), .init("Created")])
    for user in list.users { table.add([user.name, "\(user.keys)", time.moment(user.createdAt)]) }
    return table.render(style)
  }
}
