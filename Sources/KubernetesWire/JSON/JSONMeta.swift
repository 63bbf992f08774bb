import ClusterState

/// An object's metadata as JSON has it.
struct JSONMeta: Decodable {
    struct OwnerReference: Decodable {
        var kind: String?
        var name: String?
        var uid: String?
        var controller: Bool?
    }

    var name: String?
    var namespace: String?
    var uid: String?
    var generation: Int64?
    var creationTimestamp: String?
    var deletionTimestamp: String?
    var labels: [String: String]?
    var annotations: [String: String]?
    var ownerReferences: [OwnerReference]?

    /// What a row keeps of it.
    func row(_ interner: inout Interner) -> ObjectMeta {
        let space = interner.intern(namespace ?? "")
        // In the order of the keys, as protobuf has them: the same set must be the same list.
        var words = [space.value]
        for (key, value) in (labels ?? [:]).sorted(by: { $0.key < $1.key }) {
            words.append(interner.intern(key).value)
            words.append(interner.intern(value).value)
        }
        var owner = OwnerID.none
        if let reference = ownerReferences?.first(where: { $0.controller == true }) {
            owner = interner.intern(
                Owner(
                    kind: interner.intern(reference.kind ?? ""),
                    name: interner.intern(reference.name ?? ""),
                    uid: UID(reference.uid ?? "")
                )
            )
        }
        return ObjectMeta(
            uid: UID(uid ?? "\(namespace ?? "")/\(name ?? "")"),
            namespace: space,
            name: interner.intern(name ?? ""),
            labels: interner.intern(words, as: LabelsID.self),
            owner: owner,
            ignoredRules: interner.intern(
                annotations?["kube-ha-exporter/ignore"]
                    .flatMap {
                        $0.utf8.count <= KnownAnnotation.longestValue ? $0 : nil
                    } ?? ""
            ),
            created: Self.seconds(creationTimestamp),
            deletion: Self.seconds(deletionTimestamp),
            generation: generation ?? 0
        )
    }

    private static func seconds(_ text: String?) -> Seconds {
        guard let moment = text.flatMap(Timestamp.init(rfc3339:)) else { return .none }
        return Seconds(clamping: Int64(clamping: moment.seconds))
    }
}

/// A meta/v1 Condition as JSON has it.
struct JSONCondition: Decodable {
    var type: String?
    var status: String?
    var reason: String?
    var observedGeneration: Int64?

    /// The generation that the condition is about: observedGeneration is optional (`Condition` in
    /// apimachinery/pkg/apis/meta/v1/types.go, where 0 is written as unset), and without it nothing says that the
    /// condition is out of date.
    ///
    /// - Parameter current: `metadata.generation` of the object.
    /// - Returns: What it says, else the current one.
    func generation(orCurrent current: Int64) -> Int64 {
        observedGeneration.flatMap { $0 == 0 ? nil : $0 } ?? current
    }

    var conditionStatus: ConditionStatus {
        switch status {
        case "True": .isTrue
        case "False": .isFalse
        default: .unknown
        }
    }
}
