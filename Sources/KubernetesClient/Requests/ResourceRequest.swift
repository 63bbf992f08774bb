import ClusterState
package import HTTPTransport
package import KubernetesWire

/// The target and limits of a request for a resource.
package struct ResourceRequest: Sendable {
    /// How long a list's parts may take: an API server gives up a request itself after 60 s, and a page that brings
    /// nothing for 30 s comes too slowly.
    package static let listLimits = TimeLimits(
        connect: .seconds(10),
        head: .seconds(65),
        idle: .seconds(30),
        total: nil
    )
    /// A watch brings a bookmark each minute; one that is silent for so long is dead.
    static let longestSilence = Duration.seconds(90)
    /// How long a watch's parts may take.
    static let watchLimits = TimeLimits(
        connect: .seconds(10),
        head: .seconds(30),
        idle: longestSilence,
        total: nil
    )

    /// Path and query.
    package let target: String

    /// A page of a list: consistent, since it names no version.
    ///
    /// - Parameters:
    ///   - resource: What is listed.
    ///   - namespace: Where; nil for everywhere.
    ///   - continueToken: What the page before gave; empty for the first.
    /// - Returns: The request.
    package static func page(
        _ resource: APIResource,
        namespace: String?,
        continueToken: String
    ) -> ResourceRequest {
        var target = "\(resource.path(namespace: namespace))?limit=\(resource.pageLimit)"
        if !continueToken.isEmpty { target += "&continue=\(PercentCoding.encoded(continueToken))" }
        return ResourceRequest(target: target)
    }

    /// A watch from a version on.
    static func watch(
        _ resource: APIResource,
        namespace: String?,
        version: String,
        timeoutSeconds: Int
    ) -> ResourceRequest {
        ResourceRequest(
            target: "\(resource.path(namespace: namespace))?watch=true&allowWatchBookmarks=true"
                + "&resourceVersion=\(PercentCoding.encoded(version))&timeoutSeconds=\(timeoutSeconds)"
        )
    }
}
