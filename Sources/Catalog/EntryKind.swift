/// What an entry does. A kind that this version does not know is kept and shown as unknown.
package enum EntryKind: Hashable, Sendable {
  case publish, withdraw, accept, recall, grant
  case propose, sign, end, suspend, resume
  case key, card, clock
  case unknown(Int)

  /// Whether the entry is a version of the resource that it names.
  package var isVersion: Bool { self == .publish || self == .withdraw }

  /// Whether the entry names the text of a list.
  package var namesList: Bool {
    switch self {
    case .propose, .sign, .end, .suspend, .resume: true
    default: false
    }
  }

  /// The classes that a kind's body may have.
  enum BodyClasses { case none, open, openOrRestricted, any }

  var bodyClasses: BodyClasses {
    switch self {
    case .accept, .grant, .key, .clock: .none
    case .recall, .propose, .sign, .end, .suspend, .resume, .card: .open
    case .publish, .withdraw: .openOrRestricted
    case .unknown: .any
    }
  }

  /// Bytes. A publication stays well under what a page of a catalog can hold.
  var bodyLengthMax: Int { self == .publish ? 60 * 1024 : Frame.bodyLengthMax }

  package var name: String {
    switch self {
    case .publish: "publish"
    case .withdraw: "withdraw"
    case .accept: "accept"
    case .recall: "recall"
    case .grant: "grant"
    case .propose: "propose"
    case .sign: "sign"
    case .end: "end"
    case .suspend: "suspend"
    case .resume: "resume"
    case .key: "key"
    case .card: "card"
    case .clock: "clock"
    case .unknown(let number): "unknown(\(number))"
    }
  }

  init(wire: WireKind) {
    self =
      switch wire {
      case .publish: .publish
      case .withdraw: .withdraw
      case .accept: .accept
      case .recall: .recall
      case .grant: .grant
      case .propose: .propose
      case .sign: .sign
      case .end: .end
      case .suspend: .suspend
      case .resume: .resume
      case .key: .key
      case .card: .card
      case .clock: .clock
      case .unspecified, .UNRECOGNIZED: .unknown(wire.rawValue)
      }
  }

  var wire: WireKind {
    switch self {
    case .publish: .publish
    case .withdraw: .withdraw
    case .accept: .accept
    case .recall: .recall
    case .grant: .grant
    case .propose: .propose
    case .sign: .sign
    case .end: .end
    case .suspend: .suspend
    case .resume: .resume
    case .key: .key
    case .card: .card
    case .clock: .clock
    case .unknown(let number): WireKind(rawValue: number) ?? .unspecified
    }
  }
}
