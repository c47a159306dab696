// Prints how long the core takes to decide among many apps, runners and nodes, and how much memory its state needs.
import EngineCore
import Foundation

func residentMegabytes() -> Int {
  let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").dropFirst().first
  return (pages.flatMap { Int($0) } ?? 0) * 4096 / 1_048_576
}

let before = residentMegabytes()
var world = try World()
let runners = world.state.apps.values.reduce(0) { $0 + $1.runners.count }
let nodes = world.state.pool.nodes.count
print("\(world.state.apps.count) apps, \(runners) runners, \(nodes) nodes: \(residentMegabytes() - before) MB")
for _ in 0..<50_000 { try world.step() }
for timings in [world.decisions, world.placing, world.dues, world.wakes] { print(timings.summary) }
try world.crowd()
for timings in [world.decisions, world.settling] { print(timings.summary) }
