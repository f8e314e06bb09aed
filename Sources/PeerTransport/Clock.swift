import Glibc

enum Clock {
  /// The wall clock, which certificates are judged by.
  static func secondsSince1970() -> Int { time(nil) }
}
