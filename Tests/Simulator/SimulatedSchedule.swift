/// What is to happen, by virtual time; what is due at one moment happens in the order in which it was planned.
struct SimulatedSchedule {
  private struct Item {
    let time: Int64
    let order: UInt64
    let action: () -> Void
  }

  /// A binary heap: no item is due before its parent.
  private var items: [Item] = []
  private var planned: UInt64 = 0

  mutating func plan(at time: Int64, _ action: @escaping () -> Void) {
    items.append(Item(time: time, order: planned, action: action))
    planned += 1
    var child = items.count - 1
    while child > 0, isDue(child, before: (child - 1) / 2) {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (time: Int64, action: () -> Void)? {
    guard let first = items.first else { return nil }
    items.swapAt(0, items.count - 1)
    items.removeLast()
    var parent = 0
    while true {
      var earliest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && isDue(child, before: earliest) {
        earliest = child
      }
      if earliest == parent { break }
      items.swapAt(parent, earliest)
      parent = earliest
    }
    return (first.time, first.action)
  }

  private func isDue(_ one: Int, before other: Int) -> Bool {
    (items[one].time, items[one].order) < (items[other].time, items[other].order)
  }
}
