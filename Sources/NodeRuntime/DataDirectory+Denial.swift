import Foundation

extension DataDirectory {
  /// Why this user may not look at the node, if it is another's: who is missing a permission is not missing a node.
  package var denial: NodeError? {
    guard access(configurationPath, R_OK) != 0, errno == EACCES else { return nil }
    // Of what lies on the way, the last that can be seen is what denies.
    var place = absolute(configurationPath)
    var information = stat()
    while stat(place, &information) != 0, let slash = place.lastIndex(of: "/") {
      place = slash == place.startIndex ? "/" : String(place[..<slash])
      if place == "/" { break }
    }
    let owner = getpwuid(information.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "uid \(information.st_uid)"
    return NodeError(
      .unreachable, code: "otherUser",
      "permission denied: \(place) is for its owner, \(owner): run the command as that user")
  }
}
