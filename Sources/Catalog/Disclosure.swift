/// Whether a restricted manifest's body goes to a region (DESIGN.md sections 2 and 4): to those that its leaf or a later
/// grant names, unless the item that decides the id is suspended for them. Share types speak of the data, not of this.
package func decideDisclosure(
  of id: ResourceID, by writer: RegionCode, to region: RegionCode, named: Set<RegionCode>, granted: Set<RegionCode>,
  lists: AccessLists, at time: Int64
) -> Decision {
  let match = lists.deciding(id, at: time).inForce
  func decision(_ effect: Decision.Effect, _ ground: Decision.Ground, cites: Bool = false) -> Decision {
    Decision(
      effect: effect, ground: ground, request: AccessRequest(id, region: region),
      citation: cites ? match.map { .init($0) } : nil, obligations: [], law: cites ? "809 art. 27" : nil)
  }
  if region == writer { return decision(.permit, .ownData) }
  guard named.contains(region) || granted.contains(region) else { return decision(.deny, .notNamed) }
  if let match,
    match.list.suspensions.contains(where: { $0.stops(match.item, at: match.place, of: match.terms, for: region) })
  {
    return decision(.deny, .suspended, cites: true)
  }
  return decision(.permit, named.contains(region) ? .named : .granted)
}
