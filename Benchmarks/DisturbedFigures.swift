import Foundation

/// The same figures without peers that are slow or down, and beside them. In seconds.
struct DisturbedFigures {
  struct Figure {
    private(set) var alone: [Double] = []
    private(set) var disturbed: [Double] = []

    mutating func add(_ seconds: Double, _ isDisturbed: Bool) {
      if isDisturbed { disturbed.append(seconds) } else { alone.append(seconds) }
    }

    var count: Int { alone.count + disturbed.count }
    /// Of the medians.
    var ratio: Double { disturbed.median / alone.median }
  }

  /// A fresh node, from its start until it shows all that the sender holds.
  var bulk = Figure()
  /// From the call of `publish` to the first `show` at the peer that finds it.
  var oneChange = Figure()
  var search = Figure()

  var text: String {
    func words(_ name: String, _ figure: Figure) -> String {
      String(format: "\(name) %.2f (alone %.2f ms)", figure.ratio, figure.alone.median * 1000)
    }
    return [words("bulk", bulk), words("one change", oneChange), words("search", search)].joined(separator: ", ")
  }
}
