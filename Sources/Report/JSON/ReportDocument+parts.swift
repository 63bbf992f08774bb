import ClusterState
import HASignals

extension ReportDocument {
    /// What a finding is about. The namespace is empty for what has none, the name for the whole cluster.
    struct Object: Encodable, Sendable {
        let kind: String
        let namespace: String
        let name: String

        init(_ object: FindingObject) {
            kind = object.kind
            namespace = object.namespace
            name = object.name
        }
    }

    /// A cause: an object, and the rule that tells what is wrong with it.
    struct CauseReference: Encodable, Sendable {
        let object: Object
        /// Empty where no rule is raised for the object.
        let rule: String

        init(_ cause: Cause) {
            object = Object(cause.object)
            rule = cause.rule
        }
    }

    /// A finding by what tells it from others.
    struct Reference: Encodable, Sendable {
        let rule: String
        let object: Object

        init(_ finding: Finding) {
            rule = finding.rule
            object = Object(finding.object)
        }
    }

    /// Something that was found.
    struct Item: Encodable, Sendable {
        let area: String
        let rule: String
        let severity: String
        let object: Object
        let message: String
        let remedy: String
        /// What explains it; left out where nothing does.
        let cause: CauseReference?
        /// The last of the chain of causes: the finding itself where nothing explains it.
        let rootCause: CauseReference

        init(_ finding: Finding) {
            area = finding.area.rawValue
            rule = finding.rule
            severity = finding.severity.rawValue
            object = Object(finding.object)
            message = finding.message
            remedy = finding.remedy
            cause = finding.cause.map(CauseReference.init)
            rootCause = CauseReference(finding.rootCause)
        }
    }

    /// A root cause of critical and warning findings, with what it explains.
    struct CauseItem: Encodable, Sendable {
        let cause: CauseReference
        let severity: String
        let findings: [Reference]
        let consequences: [Reference]

        init(_ group: CauseGroup) {
            cause = CauseReference(group.cause)
            severity = group.severity.rawValue
            findings = group.findings.map(Reference.init)
            consequences = group.consequences.map(Reference.init)
        }
    }

    /// One area.
    struct Area: Encodable, Sendable {
        let name: String
        let status: String
        let unknownSources: [UnknownSource]
        /// Why it is unknown although its sources are ok; left out where that is not so.
        let reason: String?
        /// Findings of each evaluated rule; a rule that could not be evaluated is not in it.
        let rules: [String: Int]
        /// The share of its rules that could be evaluated; left out where the area means nothing here.
        let rulesEvaluatedRatio: Double?

        init(_ area: AreaLine) {
            name = area.report.name.rawValue
            status = area.report.status.rawValue
            unknownSources = area.report.unknownSources.map {
                UnknownSource(source: $0.source.rawValue, state: $0.state.rawValue)
            }
            reason = area.report.reason
            rules = area.report.findings
            rulesEvaluatedRatio = area.report.evaluatedRatio
        }
    }

    /// A required source that is not ok.
    struct UnknownSource: Encodable, Sendable {
        let source: String
        let state: String
    }

    /// What an exemption silenced.
    struct ExemptionItem: Encodable, Sendable {
        let reason: String
        /// The line of the file on which it stands.
        let line: Int
        let isUnused: Bool
        let findings: [Reference]

        init(_ use: ExemptionUse) {
            reason = use.exemption.reason
            line = use.exemption.line
            isUnused = use.isUnused
            findings = use.findings.map(Reference.init)
        }
    }

    /// Whether nodes may be taken out one by one now.
    struct Maintenance: Encodable, Sendable {
        let answer: String
        let reasons: [String]
    }

    /// A host or application of which not everything works now.
    struct UnavailableItem: Encodable, Sendable {
        let object: Object
        /// Backends of a host, workloads of an application that want replicas; and those of them that work.
        let parts: Int
        let working: Int
        /// What does not work; left out where that is not known.
        let part: Object?
        /// What explains it in the end; left out where nothing is known to.
        let rootCause: CauseReference?

        init(_ item: Unavailable) {
            object = Object(item.object)
            parts = Int(item.availability.parts)
            working = Int(item.availability.working)
            part = item.part.map(Object.init)
            rootCause = item.cause.map(CauseReference.init)
        }
    }

    /// How a source stood.
    struct SourceItem: Encodable, Sendable {
        let source: String
        let state: String
        /// Why it is not ok; left out where it is, and where nobody told.
        let reason: String?
        /// Objects held; left out for what holds none, and where nothing was received yet.
        let objects: Int?
        /// When it was last heard of; left out where it never was, and in recordings.
        let lastSuccess: String?

        init(_ line: SourceLine) {
            source = line.source.rawValue
            state = line.state.rawValue
            reason = line.reason.isEmpty ? nil : line.reason
            objects = line.objects
            lastSuccess = line.lastSuccess?.rfc3339
        }
    }

    /// Who serves the cluster's metrics.
    struct LeadershipItem: Encodable, Sendable {
        /// What this replica does: leads, leads_without_writes, waits.
        let role: String
        /// Who held the lease when it was last read or written; left out where nobody is known to.
        let holder: String?

        init(_ leadership: Leadership) {
            role = leadership.role.rawValue
            holder = leadership.holder
        }
    }
}
