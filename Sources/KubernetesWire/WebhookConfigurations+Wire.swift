package import ClusterState

extension ValidatingWebhookConfiguration: WireRow {
    package static var kind: StaticString { "ValidatingWebhookConfiguration" }
    package static var kept: KeptFields { .webhookConfiguration(objectSelector: 10) }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let row = try WireWebhooks(&reader, selectorField: 10, &interner)
        self.init(meta: row.meta, webhooks: row.webhooks)
    }
}

extension MutatingWebhookConfiguration: WireRow {
    package static var kind: StaticString { "MutatingWebhookConfiguration" }
    package static var kept: KeptFields { .webhookConfiguration(objectSelector: 11) }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let row = try WireWebhooks(&reader, selectorField: 11, &interner)
        self.init(meta: row.meta, webhooks: row.webhooks)
    }
}

/// Both kinds of configuration. Their webhooks differ, as far as they are read, in the numbers of two fields:
/// objectSelector, and matchConditions, which comes after it.
private struct WireWebhooks {
    var meta = ObjectMeta()
    var webhooks: [AdmissionWebhook] = []

    init(
        _ reader: inout WireReader,
        selectorField: UInt32,
        _ interner: inout Interner
    ) throws(WireError) {
        while try reader.next() {
            switch reader.field {
            case 1:
                var metadata = try reader.message("metadata")
                meta = try WireMeta(&metadata, &interner).row(&interner)
            case 2: webhooks.append(try AdmissionWebhook(&reader, selectorField: selectorField, &interner))
            default: try reader.skip()
            }
        }
    }
}

extension AdmissionWebhook {
    fileprivate init(
        _ reader: inout WireReader,
        selectorField: UInt32,
        _ interner: inout Interner
    ) throws(WireError) {
        self.init(name: .empty)
        var webhook = try reader.message("webhooks")
        while try webhook.next() {
            switch webhook.field {
            case 1: name = try webhook.string(&interner)
            case 2: try readClient(&webhook, &interner)
            case 3:
                let rule = try WebhookRule(&webhook)
                if rule.matches("CREATE", "", "v1", ["pods"], isNamespaced: true) { matchesPodCreation = true }
                for operation in ["CREATE", "UPDATE"] {
                    if rule.matches(operation, "", "v1", ["nodes", "nodes/status"], isNamespaced: false) {
                        matchesNodeWrites = true
                    }
                    if rule.matches(operation, "coordination.k8s.io", "v1", ["leases"], isNamespaced: true) {
                        matchesLeaseWrites = true
                    }
                }
            case 4: failsClosed = try !webhook.stringEquals("Ignore")
            case 5: namespaceSelector = try webhook.labelSelector("webhooks.namespaceSelector", &interner)
            case 7: timeoutSeconds = try webhook.int32()
            case selectorField: objectSelector = try webhook.labelSelector("webhooks.objectSelector", &interner)
            case selectorField + 1:
                hasMatchConditions = true
                try webhook.skip()
            default: try webhook.skip()
            }
        }
    }

    private mutating func readClient(
        _ webhook: inout WireReader,
        _ interner: inout Interner
    ) throws(WireError) {
        var client = try webhook.message("webhooks.clientConfig")
        while try client.next() {
            switch client.field {
            case 1:
                var reference = try client.message("webhooks.clientConfig.service")
                var service = WebhookService(namespace: .empty, name: .empty)
                while try reference.next() {
                    switch reference.field {
                    case 1: service.namespace = try reference.string(&interner)
                    case 2: service.name = try reference.string(&interner)
                    default: try reference.skip()
                    }
                }
                self.service = service
            case 2: authorityExpiry = CertificateValidity.latestNotAfter(pem: try client.rawBytes())
            default: try client.skip()
            }
        }
    }
}

/// A RuleWithOperations of a webhook.
private struct WebhookRule {
    private var operations: Set<String> = []
    private var groups: Set<String> = []
    private var versions: Set<String> = []
    private var resources: Set<String> = []
    /// `Cluster`, `Namespaced` or `*`, which it is where unset.
    private var scope = "*"

    /// Reads the rule that the reader came to.
    init(_ webhook: inout WireReader) throws(WireError) {
        var entry = try webhook.message("webhooks.rules")
        while try entry.next() {
            switch entry.field {
            case 1: operations.insert(try entry.string())
            case 2:
                var rule = try entry.message("webhooks.rules.rule")
                while try rule.next() {
                    switch rule.field {
                    case 1: groups.insert(try rule.string())
                    case 2: versions.insert(try rule.string())
                    case 3: resources.insert(try rule.string())
                    case 4: scope = try rule.string()
                    default: try rule.skip()
                    }
                }
            default: try entry.skip()
            }
        }
    }

    /// Whether it matches an operation on one of the resources, each written with its subresource, told as the API server
    /// tells it (apiserver/pkg/admission/plugin/webhook/predicates/rules): `*` stands for any word, in
    /// `resource/subresource` for either part, and a resource without subresource has the empty one.
    func matches(
        _ operation: String,
        _ group: String,
        _ version: String,
        _ wanted: [String],
        isNamespaced: Bool
    ) -> Bool {
        func has(_ words: Set<String>, _ word: String) -> Bool { words.contains("*") || words.contains(word) }
        let isInScope = scope == "*" || scope == (isNamespaced ? "Namespaced" : "Cluster")
        return isInScope && has(operations, operation) && has(groups, group) && has(versions, version)
            && wanted.contains { name in
                let parts = name.split(separator: "/")
                let isSub = parts.count > 1
                return resources.contains { resource in
                    let own = resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
                    guard let first = own.first, first == "*" || first == parts[0] else { return false }
                    return own.count == 1 ? !isSub : own[1] == "*" || isSub && own[1] == parts[1]
                }
            }
    }
}

extension KeptFields {
    /// webhooks: name, clientConfig (service, certificates of caBundle; not the URL, which may hold a password), rules,
    /// failurePolicy, namespaceSelector, timeoutSeconds, objectSelector, that there are matchConditions.
    ///
    /// - Parameter objectSelector: The number of that: 10 of validating webhooks, 11 of mutating ones; matchConditions
    ///   comes after it.
    /// - Returns: The fields.
    static func webhookConfiguration(objectSelector: UInt32) -> KeptFields {
        [
            1: .message(.metadata),
            2: .message([
                1: .value, 2: .message([1: .message([1: .value, 2: .value]), 2: .certificates]),
                3: .message([1: .value, 2: .message([1: .value, 2: .value, 3: .value, 4: .value])]), 4: .value,
                5: .message(.labelSelector), 7: .value, objectSelector: .message(.labelSelector),
                objectSelector + 1: .presence,
            ]),
        ]
    }
}
