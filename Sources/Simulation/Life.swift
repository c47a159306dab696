import EngineCore
import FoundationEssentials
import Planning
import Store

/// A whole life of a world: one full of faults, then one in which everything has to come right, then the end of all apps.
public struct Life: Sendable {
  /// A world that behaves takes a few hundred steps for any of its parts; one that takes more is busy without moving on.
  static let stepsMax = 20_000
  /// Longer than the longest back-off, and the farthest that a clock jumps back.
  static let calm = Duration.seconds(1_400)
  static let end = Duration.seconds(120)

  public let seed: UInt64
  private let home: String
  private let blank: String

  /// - Parameters:
  ///   - folder: where the life has its database, in a folder that is gone afterwards.
  ///   - blank: what `makeBlank` made.
  public init(seed: UInt64, in folder: String, blank: String) {
    self.seed = seed
    home = "\(folder)/\(seed)"
    self.blank = blank
  }

  /// A database without facts, of which each life takes a copy: tables take longer to make than a life.
  public static func makeBlank(in folder: String) throws -> String {
    let home = "\(folder)/blank"
    try Store.open(folder: home).close()
    return "\(home)/apolune.sqlite"
  }

  /// - Throws: `Violation`, or whatever went wrong that was not meant to.
  public func live() throws -> LifeReport {
    switch try live(.none).end {
    case .success(let report): return report
    case .failure(let error): throw error
    }
  }

  /// The same life with its lines: all, or the last ones.
  public func tell(wholly: Bool) throws -> (lines: [String], end: Result<LifeReport, any Error>) {
    try live(wholly ? .whole : .end)
  }

  private func live(_ diary: Diary.Length) throws -> (lines: [String], end: Result<LifeReport, any Error>) {
    let files = FileManager.default
    try files.createDirectory(atPath: "\(home)/0", withIntermediateDirectories: true)
    try files.copyItem(atPath: blank, toPath: "\(home)/0/apolune.sqlite")
    var world = try World(seed: seed, folder: home, diary)
    let end = Result { try Self.live(&world) }
    let lines = world.diary.lines
    world.server = nil
    try files.removeItem(atPath: home)
    return (lines, end.map { world.report })
  }

  private static func live(_ world: inout World) throws {
    world.report.lives = 1
    for _ in 0..<world.random.number(40...160) { try world.step() }
    try world.calmDown()
    try world.run(for: calm)
    try Checks.checkSettled(world)
    for app in world.apps where world.server?.state.apps[app] != nil {
      try world.command(.remove(app, grace: .seconds(5)))
    }
    try world.run(for: end)
    try Checks.checkOver(world)
    try world.checkRecovery()
    if world.random.chance(10) { try world.server?.store.close() }
  }
}

extension World {
  /// From now on nothing goes wrong any more.
  mutating func calmDown() throws {
    note("all is calm")
    hasFaults = false
    doom = nil
    disk.work()
    for node in nodes { restore(node.id) }
  }

  /// Lives on until the clock has moved by `duration`.
  mutating func run(for duration: Duration) throws {
    let end = now + duration
    var steps = 0
    while now < end {
      try step()
      steps += 1
      try require(steps < Life.stepsMax, "the world is busy without moving on")
    }
  }
}
