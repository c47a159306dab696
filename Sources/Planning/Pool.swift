import AppModel

/// All nodes, and what runners hold of them.
///
/// A node that vanished keeps what is held of it: when it returns, nothing of it is given twice. What is held of a node
/// that nobody has told of yet (after a restart) is kept just so.
public struct Pool: Sendable, Hashable {
  /// Those that were told of last are in the order of their ids; ones that are held and that nobody told of come behind.
  public private(set) var shares: [NodeShare] = []
  private var indices: [NodeID: Int] = [:]
  /// What follows from `shares`, in the same order.
  private(set) var rooms: [Room] = []
  private(set) var kinds: [GPUKind] = []
  /// Nodes by region and by name; only those that are present.
  private(set) var indicesByRegion: [String: [Int]] = [:]

  public init() {}

  /// Whether no node is present.
  public var isEmpty: Bool { !rooms.contains(where: \.isPresent) }

  /// The nodes that are present.
  public var nodes: [Node] { shares.filter(\.isPresent).map(\.node) }

  public func share(of node: NodeID) -> NodeShare? { indices[node].map { shares[$0] } }

  /// Nodes that are held though they are not there.
  public var absent: Set<NodeID> { Set(shares.lazy.filter { !$0.isPresent }.map(\.node.id)) }

  /// The nodes that are there now; others have vanished.
  public mutating func see(_ nodes: [Node]) {
    var all: [NodeID: NodeShare] = [:]
    // A node that vanished, and of which nobody holds anything, may be somebody else's when it returns.
    for var share in shares where !share.isUnused {
      share.isPresent = false
      all[share.node.id] = share
    }
    for node in nodes {
      all[node.id, default: NodeShare(node: node, isPresent: true)].node = node
      all[node.id]?.isPresent = true
    }
    shares = all.values.sorted { $0.node.id < $1.node.id }
    index()
  }

  public mutating func hold(_ placement: Placement) {
    let index = index(of: placement.node)
    shares[index].hold(placement)
    rooms[index] = Room(shares[index])
  }

  public mutating func release(_ placement: Placement) {
    guard let index = indices[placement.node] else { return }
    shares[index].release(placement)
    rooms[index] = Room(shares[index])
    guard !shares[index].isPresent, shares[index].isUnused else { return }
    shares.remove(at: index)
    self.index()
  }

  /// What is free for a decision that has taken and given back `delta` already.
  func rooms(besides delta: PoolDelta) -> [Room] {
    var rooms = rooms
    for step in delta.steps {
      switch step {
      case .taken(let placement): change(&rooms, placement, by: -1)
      case .freed(let placement): change(&rooms, placement, by: 1)
      }
    }
    return rooms
  }

  private func change(_ rooms: inout [Room], _ placement: Placement, by sign: Int64) {
    guard let index = indices[placement.node] else { return }
    rooms[index].milliCPUFree += sign * placement.machine.cpu.milli
    rooms[index].memoryFree += sign * placement.machine.memory.bytes
    for gpu in placement.gpus {
      guard let bit = shares[index].node.gpus.firstIndex(where: { $0.id == gpu }).map(UInt64.bit) else { continue }
      if sign < 0 { rooms[index].gpusFree &= ~bit } else { rooms[index].gpusFree |= bit }
    }
  }

  private mutating func index(of node: NodeID) -> Int {
    if let index = indices[node] { return index }
    indices[node] = shares.count
    let share = NodeShare(node: Node(id: node, cpu: 0, memory: ByteCount(0)), isPresent: false)
    shares.append(share)
    rooms.append(Room(share))
    for kind in kinds.indices { kinds[kind].masks.append(0) }
    return shares.count - 1
  }

  /// Draws up what follows from `shares`.
  private mutating func index() {
    rooms = shares.map(Room.init)
    indices = [:]
    indicesByRegion = [:]
    var masks: [GPUKind.Key: [UInt64]] = [:]
    for (index, share) in shares.enumerated() {
      indices[share.node.id] = index
      guard share.isPresent else { continue }
      for name in Set([share.node.id.text, share.node.labels["region"]].compactMap(\.self)) {
        indicesByRegion[name, default: []].append(index)
      }
      for (number, gpu) in share.node.gpus.prefix(Room.gpusMax).enumerated() {
        let key = GPUKind.Key(model: gpu.model, memory: gpu.memory)
        masks[key, default: Array(repeating: 0, count: shares.count)][index] |= .bit(number)
      }
    }
    kinds = masks.map(GPUKind.init).sorted { ($0.gpu.memory, $0.gpu.model) < ($1.gpu.memory, $1.gpu.model) }
  }
}
