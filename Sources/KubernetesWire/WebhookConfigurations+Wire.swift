package import ClusterState

extension ValidatingWebhookConfiguration: WireRow {
    package static var kind: StaticString { "ValidatingWebhookConfiguration" }

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let row = try WireWebhooks(&reader, selectorField: 10, &interner)
        self.init(meta: row.meta, webhooks: row.webhooks)
    }
}

extension MutatingWebhookConfiguration: WireRow {
    package static var kind: StaticString { "MutatingWebhookConfiguration" }

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
            case 3: if try Self.matchesPodCreation(&webhook) { matchesPodCreation = true }
            case 4: failsClosed = try !webhook.stringEquals("Ignore")
            case 5: namespaceSelector = try webhook.labelSelector("webhooks.namespaceSelector", &interner)
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

    /// Whether a RuleWithOperations matches CREATE of core pods, told as the API server tells it
    /// (apiserver/pkg/admission/plugin/webhook/predicates/rules): `*` stands for any word, in `resource/subresource`
    /// for either part, and a resource without subresource has the empty one.
    private static func matchesPodCreation(_ webhook: inout WireReader) throws(WireError) -> Bool {
        var entry = try webhook.message("webhooks.rules")
        var creates = false
        var isCore = false
        var isVersion1 = false
        var hasPods = false
        var isNamespaced = true
        while try entry.next() {
            switch entry.field {
            case 1:
                let word = try entry.string()
                if word == "CREATE" || word == "*" { creates = true }
            case 2:
                var rule = try entry.message("webhooks.rules.rule")
                while try rule.next() {
                    switch rule.field {
                    case 1:
                        let word = try rule.string()
                        if word.isEmpty || word == "*" { isCore = true }
                    case 2:
                        let word = try rule.string()
                        if word == "v1" || word == "*" { isVersion1 = true }
                    case 3: if ["pods", "*", "pods/*", "*/*"].contains(try rule.string()) { hasPods = true }
                    case 4: isNamespaced = try !rule.stringEquals("Cluster")
                    default: try rule.skip()
                    }
                }
            default: try entry.skip()
            }
        }
        return creates && isCore && isVersion1 && hasPods && isNamespaced
    }
}
