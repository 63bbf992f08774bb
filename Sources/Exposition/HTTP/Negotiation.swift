/// Chooses format and encoding of an exposition by the request's headers.
package enum Negotiation {
    /// The format that `Accept` wants most, and the Content-Type to answer with.
    ///
    /// Each format takes the weight of the most specific range that matches it (RFC 9110, 12.5.1). Between formats the
    /// higher weight counts, then the more specific range, then the earlier one. Without a header, with a malformed
    /// one, or where nothing offered is served, it is 0.0.4, as in prometheus/common.
    ///
    /// `text/plain;version=1.0.0`, which Prometheus 3 offers, is never served. The `escaping` parameter is echoed where
    /// it was offered, because all names here are of the legacy character set and come out the same in `underscores`,
    /// `values`, and `allow-utf-8`. `dots` would double every underscore, so it is answered by `underscores`.
    /// - Parameter accept: the header, several of them joined by commas; nil where there is none.
    /// - Returns: the format, and the Content-Type with its `escaping` parameter if there is to be one.
    package static func format(accept: String?) -> (format: ExpositionFormat, contentType: String) {
        let ranges = HeaderElement.parse(accept ?? "")
        var best: Offer?
        for format in ExpositionFormat.allCases {
            guard let offer = Offer(format, ranges), offer.weight > 0 else { continue }
            if let current = best, !offer.isBetter(than: current) { continue }
            best = offer
        }
        let format = best?.format ?? .text004
        guard let escaping = escaping(for: best, ranges) else { return (format, format.contentType) }
        return (format, "\(format.contentType); escaping=\(escaping)")
    }

    /// The encoding that `Accept-Encoding` wants most; gzip where it is wanted no less than identity.
    ///
    /// Without a header the answer is not encoded. Identity is acceptable unless `identity;q=0`, or `*;q=0` without an
    /// entry of its own, forbids it (RFC 9110, 12.5.3).
    /// - Parameter acceptEncoding: the header, several of them joined by commas; nil where there is none.
    /// - Returns: the encoding; `notAcceptable` where the client forbids both.
    package static func encoding(acceptEncoding: String?) -> ContentEncoding {
        let codings = HeaderElement.parse(acceptEncoding ?? "")
        let weight = { (names: [String]) in codings.last { names.contains($0.value) }?.weight }
        let wildcard = weight(["*"])
        let gzip = weight(["gzip", "x-gzip"]) ?? wildcard ?? 0
        // Named nowhere, identity is still acceptable, behind everything that is named.
        let identity = weight(["identity"]) ?? wildcard
        if gzip > 0, gzip >= identity ?? 0 { return .gzip }
        return identity == 0 ? .notAcceptable : .identity
    }

    /// The escaping scheme to answer with: that of the range that was matched. Where only a wildcard matched or nothing
    /// did, that of the first plain text range of any version.
    private static func escaping(for offer: Offer?, _ ranges: [HeaderElement]) -> String? {
        var range = offer?.range
        if offer == nil || offer?.isWildcard == true {
            range = ranges.first { $0.value == "text/plain" && $0.weight > 0 }
        }
        switch range?.parameters["escaping"]?.lowercased() {
        case "dots", "underscores": return "underscores"
        case "values": return "values"
        case "allow-utf-8": return "allow-utf-8"
        default: return nil
        }
    }
}
