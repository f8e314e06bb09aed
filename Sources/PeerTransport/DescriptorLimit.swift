import Glibc

/// How many files and sockets this process may have open.
package enum DescriptorLimit {
  /// Shells and service managers start programs with 1,024, which the node's own bound of connections alone would use
  /// up; a process may have more if it asks. Answers what it may have now.
  @discardableResult
  package static func raise(to wanted: UInt = 16_384) -> UInt {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    let reachable = min(rlim_t(wanted), limit.rlim_max)
    if limit.rlim_cur < reachable {
      var raised = limit
      raised.rlim_cur = reachable
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    }
    return UInt(limit.rlim_cur)
  }
}

extension ServerLimits {
  /// For a process that may have this many descriptors: half of them are for the store and for peers that are dialled.
  package init(descriptors: UInt) {
    self.init()
    connections = min(connections, Int(clamping: descriptors / 2))
  }
}
