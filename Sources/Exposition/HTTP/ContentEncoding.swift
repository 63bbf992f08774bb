/// How the body of an answer may be encoded.
package enum ContentEncoding: Equatable, Sendable {
    /// As it is.
    case identity
    /// By gzip.
    case gzip
    /// In no way that the client accepts: answer 406.
    case notAcceptable
}
