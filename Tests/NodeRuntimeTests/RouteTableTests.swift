import NodeRuntime
import Testing

@Suite("Routes")
struct RouteTableTests {
  private let table = RouteTable<String>([
    .init("GET", "/v1/peers", "all"), .init("POST", "/v1/peers", "add"), .init("GET", "/v1/peers/:region", "one"),
    .init("POST", "/v1/peers/:region/suspend", "suspend"), .init("GET", "/tlog/:log/checkpoint", "checkpoint"),
    .init("GET", "/tlog/:log/*", "tile"),
  ])

  private func found(_ method: String, _ path: String) -> String {
    switch table.match(method, path) {
    case .found(let name, let parameters): ([name] + parameters).joined(separator: " ")
    case .wrongMethod(let allowed): "405 " + allowed.joined(separator: ", ")
    case .notFound: "404"
    }
  }

  @Test("A path and a method name one handler, and what its pattern left open")
  func handlers() {
    #expect(found("GET", "/v1/peers") == "all" && found("POST", "/v1/peers") == "add")
    #expect(found("HEAD", "/v1/peers/310000") == "one 310000")
    #expect(found("POST", "/v1/peers/310000/suspend") == "suspend 310000")
    #expect(found("GET", "/tlog/ab/checkpoint") == "checkpoint ab")
    #expect(found("GET", "/tlog/ab/tile/0/x001/234.p/5") == "tile ab tile/0/x001/234.p/5")
  }

  @Test("A path that is there with another method is told from one that is not there")
  func refusals() {
    #expect(found("DELETE", "/v1/peers") == "405 GET, POST")
    #expect(found("GET", "/v1/peers/310000/suspend") == "405 POST")
    for path in ["/", "", "/v1", "/v1/peer", "/v1/peers/310000/suspended", "/v1/peers/310000/suspend/now", "/tlog/ab"] {
      #expect(found("GET", path) == "404", "\(path)")
    }
  }
}
