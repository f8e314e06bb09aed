/// The routes of an HTTP service, stated once: which handler answers, and what is not found (404) or not allowed (405).
package struct RouteTable<Handler: Sendable>: Sendable {
  package struct Route: Sendable {
    let method: String
    let components: [Substring]
    let handler: Handler

    /// `pattern`: components after `/`; `:name` takes any one of them, `*` at the end one or more.
    package init(_ method: String, _ pattern: String, _ handler: Handler) {
      self.method = method
      self.handler = handler
      components = pattern.split(separator: "/")
      precondition(!components.dropLast().contains("*"), "* stands at the end")
    }

    /// What `:name` and `*` took, in order; nil: another path.
    fileprivate func parameters(in path: [Substring]) -> [String]? {
      var parameters: [String] = []
      for (place, component) in components.enumerated() {
        guard place < path.count else { return nil }
        if component == "*" { return parameters + [path[place...].joined(separator: "/")] }
        if component.hasPrefix(":") {
          parameters.append(String(path[place]))
        } else if component != path[place] {
          return nil
        }
      }
      return path.count == components.count ? parameters : nil
    }
  }

  package enum Match: Sendable {
    case found(Handler, parameters: [String])
    /// The path is there; these methods it takes.
    case wrongMethod(allowed: [String])
    case notFound
  }

  private let routes: [Route]

  package init(_ routes: [Route]) { self.routes = routes }

  /// HEAD is answered as GET; the transport leaves the body out. `path` is without the query.
  package func match(_ method: String, _ path: String) -> Match {
    let method = method == "HEAD" ? "GET" : method
    let path = path.split(separator: "/")
    var allowed: [String] = []
    for route in routes {
      guard let parameters = route.parameters(in: path) else { continue }
      if route.method == method { return .found(route.handler, parameters: parameters) }
      allowed.append(route.method)
    }
    return allowed.isEmpty ? .notFound : .wrongMethod(allowed: allowed)
  }
}
