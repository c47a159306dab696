/// Sequence numbers in their order, some of which are present: finds the first of those, and how many stand before one, in
/// the logarithm of their number.
///
/// Numbers are added at the end as requests arrive. One that leaves for an attempt comes back to its old place, so that a
/// place is given up only by `forget`.
struct Lane {
  /// Places of which nobody has need any more are taken out when they are this many, and more than half.
  private static let compactionMin = 64

  private var sequences: [Int64] = []
  private var isPresent: [Bool] = []
  private var isForgotten: [Bool] = []
  private var forgotten = 0
  /// A Fenwick tree over `isPresent`, from 1.
  private var tree: [Int] = [0]
  private(set) var count = 0

  /// - Parameter sequence: new ones are greater than all before.
  mutating func insert(_ sequence: Int64) {
    if let last = sequences.last, sequence <= last {
      guard let place = place(of: sequence), !isPresent[place] else { return }
      return change(place, to: true)
    }
    sequences.append(sequence)
    isPresent.append(false)
    isForgotten.append(false)
    let index = sequences.count
    // What the new node covers, without itself.
    tree.append(sum(index - 1) - sum(index - (index & -index)))
    change(index - 1, to: true)
  }

  /// It may come back.
  mutating func remove(_ sequence: Int64) {
    guard let place = place(of: sequence), isPresent[place] else { return }
    change(place, to: false)
  }

  /// It never comes back.
  mutating func forget(_ sequence: Int64) {
    remove(sequence)
    guard let place = place(of: sequence), !isForgotten[place] else { return }
    isForgotten[place] = true
    forgotten += 1
    if forgotten >= Self.compactionMin, forgotten * 2 > sequences.count { compact() }
  }

  var first: Int64? {
    guard count > 0 else { return nil }
    // The largest index before which nothing is present.
    var index = 0
    var step = 1
    while step * 2 < tree.count { step *= 2 }
    while step > 0 {
      if index + step < tree.count, tree[index + step] == 0 { index += step }
      step /= 2
    }
    return sequences[index]
  }

  func countBefore(_ sequence: Int64) -> Int {
    place(of: sequence).map { sum($0) } ?? count
  }

  private func place(of sequence: Int64) -> Int? {
    var low = 0
    var high = sequences.count
    while low < high {
      let middle = (low + high) / 2
      if sequences[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    return low < sequences.count && sequences[low] == sequence ? low : nil
  }

  private mutating func change(_ place: Int, to present: Bool) {
    isPresent[place] = present
    count += present ? 1 : -1
    var index = place + 1
    while index < tree.count {
      tree[index] += present ? 1 : -1
      index += index & -index
    }
  }

  /// Of the first `index`.
  private func sum(_ index: Int) -> Int {
    var index = index
    var sum = 0
    while index > 0 {
      sum += tree[index]
      index -= index & -index
    }
    return sum
  }

  private mutating func compact() {
    let kept = sequences.indices.filter { !isForgotten[$0] }.map { (sequences[$0], isPresent[$0]) }
    self = Lane()
    for (sequence, present) in kept {
      insert(sequence)
      if !present { remove(sequence) }
    }
  }
}
