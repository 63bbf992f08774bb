/// What TokenReview and SubjectAccessReview answer, and which tokens the API servers take.
package struct SimulatedAccess: Sendable, Equatable {
    /// Who a token stands for.
    package struct User: Sendable, Equatable {
        /// The user name.
        package var name: String
        /// The groups.
        package var groups: [String]

        /// Creates a user.
        package init(name: String, groups: [String] = []) {
            self.name = name
            self.groups = groups
        }
    }

    /// Users by bearer token, for TokenReview.
    package var tokens: [String: User]
    /// Users to whom SubjectAccessReview allows everything.
    package var allowedUsers: Set<String>
    /// The tokens that requests must carry; nil takes requests with any token and without.
    package var requiredTokens: Set<String>?
    /// Who a client without a known token is in messages.
    package var defaultUser: String

    /// Creates a set of answers; by default no token is known, nobody is allowed, and every request is taken.
    package init(
        tokens: [String: User] = [:],
        allowedUsers: Set<String> = [],
        requiredTokens: Set<String>? = nil,
        defaultUser: String = "system:serviceaccount:default:nobody"
    ) {
        self.tokens = tokens
        self.allowedUsers = allowedUsers
        self.requiredTokens = requiredTokens
        self.defaultUser = defaultUser
    }
}
