import FoundationEssentials
import HTTPTransport

/// Whose token it is, as the API server says.
package struct ReviewedUser: Codable, Sendable, Equatable {
    /// The user's name, such as `system:serviceaccount:monitoring:prometheus`.
    package var username: String?
    /// The user's UID.
    package var uid: String?
    /// The user's groups.
    package var groups: [String]?
    /// What authenticators add, such as the pod of a service account's token.
    package var extra: [String: [String]]?

    /// Creates a user.
    package init(username: String?, uid: String? = nil, groups: [String]? = nil, extra: [String: [String]]? = nil) {
        self.username = username
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}

/// Asks who bears a token and whether that one may read metrics.
package protocol AccessReviewer: Sendable {
    /// Whose token it is; nil where the API server does not know it.
    ///
    /// - Throws: ``RequestFailure`` where the API server cannot be asked.
    func review(_ token: String) async throws(RequestFailure) -> ReviewedUser?

    /// Whether the user may `get` the nonResourceURL `/metrics`.
    ///
    /// - Throws: ``RequestFailure`` where the API server cannot be asked.
    func mayReadMetrics(_ user: ReviewedUser) async throws(RequestFailure) -> Bool
}

extension APIClient: AccessReviewer {
    /// A scraper waits no longer than its own time limit, of which this leaves a part.
    private static let reviewLimits = TimeLimits(connect: .seconds(2), head: .seconds(4), total: .seconds(5))

    private struct TokenReview: Codable {
        struct Spec: Codable { var token: String }
        struct Status: Codable {
            var authenticated: Bool?
            var error: String?
            var user: ReviewedUser?
        }

        var apiVersion = "authentication.k8s.io/v1"
        var kind = "TokenReview"
        var spec: Spec?
        var status: Status?
    }

    private struct SubjectAccessReview: Codable {
        struct Attributes: Codable {
            var path: String
            var verb: String
        }
        struct Spec: Codable {
            var nonResourceAttributes: Attributes
            var user: String?
            var groups: [String]?
            var uid: String?
            var extra: [String: [String]]?
        }
        struct Status: Codable { var allowed: Bool? }

        var apiVersion = "authorization.k8s.io/v1"
        var kind = "SubjectAccessReview"
        var spec: Spec?
        var status: Status?
    }

    /// Sends a TokenReview.
    package func review(_ token: String) async throws(RequestFailure) -> ReviewedUser? {
        let status = try await answer(
            to: TokenReview(spec: TokenReview.Spec(token: token)),
            "/apis/authentication.k8s.io/v1/tokenreviews"
        )
        .status
        guard status?.authenticated == true, status?.error?.isEmpty ?? true else { return nil }
        return status?.user
    }

    /// Sends a SubjectAccessReview.
    package func mayReadMetrics(_ user: ReviewedUser) async throws(RequestFailure) -> Bool {
        let spec = SubjectAccessReview.Spec(
            nonResourceAttributes: SubjectAccessReview.Attributes(path: "/metrics", verb: "get"),
            user: user.username,
            groups: user.groups,
            uid: user.uid,
            extra: user.extra
        )
        return try await answer(
            to: SubjectAccessReview(spec: spec),
            "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        )
        .status?
        .allowed == true
    }

    private func answer<Review: Codable>(to review: Review, _ target: String) async throws(RequestFailure) -> Review {
        // Texts and booleans can always be encoded; the path without a throw would need a trap.
        guard let object = try? JSONEncoder().encode(review) else { throw .malformed("\(target): cannot be written") }
        let bytes = try await write("POST", target, Array(object), limits: Self.reviewLimits)
        guard let answer = try? JSONDecoder().decode(Review.self, from: Data(bytes)) else {
            throw .malformed("\(target) answered with something other than a review")
        }
        return answer
    }
}
