import AppModel

/// All nodes, and what runners hold of them.
///
/// A node that vanished keeps what is held of it: when it returns, nothing of it is given twice. What is held of a node
/// that nobody has told of yet (after a restart) is kept just so.
public struct Pool: Sendable, Hashable {
  /// In the order in which they were first heard of.
  public private(set) var shares: [NodeShare] = []
  private var indices: [NodeID: Int] = [:]

  public init() {}

  /// Whether any node is present.
  public var isEmpty: Bool { !shares.contains(where: \.isPresent) }

  public func share(of node: NodeID) -> NodeShare? { indices[node].map { shares[$0] } }

  /// The nodes that are there now; others have vanished.
  public mutating func see(_ nodes: [Node]) {
    for index in shares.indices { shares[index].isPresent = false }
    for node in nodes {
      let index = index(of: node.id)
      shares[index].node = node
      shares[index].isPresent = true
    }
    forgetDeserted()
  }

  public mutating func hold(_ placement: Placement) {
    shares[index(of: placement.node)].hold(placement)
  }

  public mutating func release(_ placement: Placement) {
    guard let index = indices[placement.node] else { return }
    shares[index].release(placement)
    if !shares[index].isPresent { forgetDeserted() }
  }

  private mutating func index(of node: NodeID) -> Int {
    if let index = indices[node] { return index }
    indices[node] = shares.count
    shares.append(NodeShare(node: Node(id: node, cpu: 0, memory: ByteCount(0)), isPresent: false))
    return shares.count - 1
  }

  /// A node that vanished, and of which nobody holds anything, may be somebody else's when it returns.
  private mutating func forgetDeserted() {
    guard shares.contains(where: { !$0.isPresent && $0.isUnused }) else { return }
    shares.removeAll { !$0.isPresent && $0.isUnused }
    indices = Dictionary(uniqueKeysWithValues: shares.enumerated().map { ($1.node.id, $0) })
  }
}
