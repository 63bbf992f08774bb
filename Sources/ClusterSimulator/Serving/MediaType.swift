/// What a client accepts, as far as the simulator tells it apart.
struct MediaType: Sendable {
    /// `application/vnd.kubernetes.protobuf`.
    var takesProtobuf = false
    /// `application/json` or anything.
    var takesJSON = false

    static let protobuf = "application/vnd.kubernetes.protobuf"

    init(accept: String?) {
        guard let accept, !accept.isEmpty else {
            takesJSON = true
            return
        }
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            // A table or partial metadata is another object: not served, so not accepted either.
            if parts.dropFirst().contains(where: { $0.hasPrefix("as=") }) { continue }
            switch parts.first ?? "" {
            case Self.protobuf: takesProtobuf = true
            case "application/json", "application/*", "*/*": takesJSON = true
            default: break
            }
        }
    }
}
