/// Tells a list that does not end from one that is only long.
///
/// The server's `remainingItemCount` is an estimate that may be left out (apimachinery, `ListMeta` in
/// pkg/apis/meta/v1/types.go), so it proves nothing.
package struct ListBounds: Sendable {
    /// After so long, counted from the first page's arrival, a list that has not ended has failed.
    static let duration = Duration.seconds(600)
    /// A list of more objects has failed: Kubernetes is tested with 150,000 pods a cluster.
    static let objects = 2_000_000

    /// Uptime at which the list has failed unless it has ended; nil until the first page arrives.
    private(set) var deadline: Duration?
    private var objectCount = 0
    /// Hashes of the continue tokens followed: a token itself may be long.
    private var tokens: Set<Int> = []

    /// Creates the bounds of a list that has not begun.
    package init() {}

    /// What a list that is too large fails with.
    static let tooManyObjects = RequestFailure.malformed("the list has over \(objects) objects")

    /// A page has begun to come; the first one starts the clock, so that waiting for a turn does not count.
    package mutating func pageArrived(at now: Duration) {
        if deadline == nil { deadline = now + Self.duration }
    }

    /// The failure of a list that takes too long; nil while it does not.
    package func overdue(at now: Duration) -> RequestFailure? {
        guard let deadline, now >= deadline else { return nil }
        return .malformed("the list has not ended after \(Self.duration.components.seconds / 60) minutes")
    }

    /// Notes the token of the next page, which is not empty.
    ///
    /// - Returns: Why the list has failed; nil where the page may be asked for.
    package mutating func follow(_ token: String, at now: Duration) -> RequestFailure? {
        if let overdue = overdue(at: now) { return overdue }
        guard tokens.insert(token.hashValue).inserted else { return .malformed("the list repeats a continue token") }
        return nil
    }

    /// Notes the objects of a page that has ended.
    ///
    /// - Parameters:
    ///   - items: How many objects the page had, those that are passed over included.
    ///   - hasNext: Whether it has a continue token.
    /// - Returns: Why the list has failed; nil where it may go on.
    package mutating func pageEnded(items: Int, hasNext: Bool) -> RequestFailure? {
        // etcd3's store looks on until a page has an object (GetList in apiserver/pkg/storage/etcd3/store.go).
        guard items > 0 || !hasNext else { return .malformed("a page of the list is empty and has a continue token") }
        objectCount += items
        return objectCount > Self.objects ? Self.tooManyObjects : nil
    }

    /// The list of the next part of the resource begins: its tokens are its own.
    mutating func scopeEnded() {
        tokens = []
    }
}
