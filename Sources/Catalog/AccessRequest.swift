/// Who wants which data, and what for: what a decision about access is asked.
package struct AccessRequest: Hashable, Sendable {
  package var resource: ResourceID
  /// The requesting region.
  package var region: RegionCode
  package var department: String?
  /// Whether a government department asks: Decree 809 speaks of no one else.
  package var isGovernment = true
  package var purpose: String?
  /// Columns; empty: whatever may be had.
  package var fields: [String] = []
  /// nil: not said.
  package var form: AccessForm?

  package init(_ resource: ResourceID, region: RegionCode, department: String? = nil, purpose: String? = nil) {
    self.resource = resource
    self.region = region
    self.department = department
    self.purpose = purpose
  }
}

/// A share request that its provider answered with yes (809 art. 21), and what became of it.
package struct AgreedRequest: Hashable, Sendable {
  package enum State: String, Hashable, Sendable { case agreed, suspended, terminated }

  package var number: String
  package var resource: ResourceID
  package var region: RegionCode
  /// nil: any department of the region.
  package var department: String?
  package var purpose: String
  /// Columns; empty: whatever may be had.
  package var fields: [String] = []
  /// nil: any.
  package var form: AccessForm?
  /// Milliseconds since the epoch, excluded.
  package var until: Int64
  package var state: State

  package init(
    number: String, resource: ResourceID, region: RegionCode, purpose: String, until: Int64, state: State = .agreed
  ) {
    self.number = number
    self.resource = resource
    self.region = region
    self.purpose = purpose
    self.until = until
    self.state = state
  }

  /// Whether it speaks of this request at all, whatever its state.
  func concerns(_ request: AccessRequest) -> Bool {
    resource == request.resource && region == request.region && purpose == request.purpose
      && (department == nil || department == request.department) && (form == nil || form == request.form)
  }
}
