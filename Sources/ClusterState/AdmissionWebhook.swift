/// One webhook of a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
package struct AdmissionWebhook: Hashable, Sendable {
    package var name: StringID
    /// `failurePolicy` is Fail, which it is where unset: what it should judge is refused while it does not answer.
    package var failsClosed = true
    /// `clientConfig.service`; nil for a webhook that is called by URL.
    package var service: WebhookService?
    /// Latest notAfter of the certificates in `clientConfig.caBundle`; nil where there is none that can be read.
    package var authorityExpiry: Timestamp?
    /// A rule matches CREATE of core pods.
    package var matchesPodCreation = false
    /// A rule matches the creation or update of nodes or of their status.
    package var matchesNodeWrites = false
    /// A rule matches the creation or update of leases.
    package var matchesLeaseWrites = false
    /// `timeoutSeconds`, 10 where unset: how long the API server waits for its answer.
    package var timeoutSeconds: Int32 = 10
    /// Which namespaces it is called for, by their labels; an empty selector takes in all.
    package var namespaceSelector = LabelSelector()
    /// Which objects it is called for, by their labels; an empty selector takes in all.
    package var objectSelector = LabelSelector()

    /// It has `matchConditions`: CEL expressions over each request, whose outcome cannot be told beforehand.
    package var hasMatchConditions = false

    /// Creates a webhook.
    package init(name: StringID) {
        self.name = name
    }

    func mark(_ marker: inout Marker) {
        marker.mark(name)
        if let service {
            marker.mark(service.namespace)
            marker.mark(service.name)
        }
        namespaceSelector.mark(&marker)
        objectSelector.mark(&marker)
    }
}

/// The Service that a webhook is called at.
package struct WebhookService: Hashable, Sendable, BitwiseCopyable {
    package var namespace: StringID
    package var name: StringID

    /// Creates a reference.
    package init(namespace: StringID, name: StringID) {
        self.namespace = namespace
        self.name = name
    }
}

/// A ValidatingWebhookConfiguration or MutatingWebhookConfiguration: two resources of one shape.
package protocol WebhookConfiguration: NamedRow {
    var webhooks: [AdmissionWebhook] { get }
    /// The kind as Kubernetes writes it.
    static var kindName: String { get }
    /// The value of the label `webhook_type`.
    static var typeName: String { get }
    static var source: Source { get }
}

/// A ValidatingWebhookConfiguration.
package struct ValidatingWebhookConfiguration: WebhookConfiguration, Hashable {
    package var meta: ObjectMeta
    package var webhooks: [AdmissionWebhook]

    /// Creates a configuration.
    package init(meta: ObjectMeta, webhooks: [AdmissionWebhook]) {
        self.meta = meta
        self.webhooks = webhooks
    }

    package static var kindName: String { "ValidatingWebhookConfiguration" }
    package static var typeName: String { "validating" }
    package static var source: Source { .validatingwebhookconfigurations }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        for webhook in webhooks { webhook.mark(&marker) }
    }
}

/// A MutatingWebhookConfiguration.
package struct MutatingWebhookConfiguration: WebhookConfiguration, Hashable {
    package var meta: ObjectMeta
    package var webhooks: [AdmissionWebhook]

    /// Creates a configuration.
    package init(meta: ObjectMeta, webhooks: [AdmissionWebhook]) {
        self.meta = meta
        self.webhooks = webhooks
    }

    package static var kindName: String { "MutatingWebhookConfiguration" }
    package static var typeName: String { "mutating" }
    package static var source: Source { .mutatingwebhookconfigurations }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        for webhook in webhooks { webhook.mark(&marker) }
    }
}
