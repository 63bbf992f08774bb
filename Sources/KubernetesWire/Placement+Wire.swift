import ClusterState

extension Placement {
    /// Reads a field of a PodSpec if it belongs to the placement. Returns false, with nothing read, where it does not.
    mutating func read(_ spec: inout WireReader, _ interner: inout Interner) throws(WireError) -> Bool {
        switch spec.field {
        case 7: nodeSelector.append(try spec.equality("spec.nodeSelector", &interner))
        case 18: try readAffinity(&spec, &interner)
        case 22:
            if let toleration = try Toleration(&spec, &interner) { tolerations.append(toleration) }
        default: return false
        }
        return true
    }

    private mutating func readAffinity(_ spec: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var affinity = try spec.message("spec.affinity")
        while try affinity.next() {
            guard affinity.field == 1 else {
                try affinity.skip()
                continue
            }
            var node = try affinity.message("spec.affinity.nodeAffinity")
            while try node.next() {
                if node.field == 1 {
                    requiredAffinity = try node.nodeSelector(
                        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
                        &interner
                    )
                } else {
                    try node.skip()
                }
            }
        }
    }
}

extension Toleration {
    /// Reads the toleration that the reader came to; nil where its operator compares numbers or is not known, so that
    /// it tolerates none of the taints that nodes have here.
    fileprivate init?(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var message = try reader.message("spec.tolerations")
        self.init(key: .empty, isExists: false, effect: .any)
        var isKnown = true
        while try message.next() {
            switch message.field {
            case 1: key = try message.string(&interner)
            case 2:
                let word = try message.text()
                isExists = StaticString("Exists").equals(word)
                isKnown = isExists || word.isEmpty || StaticString("Equal").equals(word)
            case 3: value = try message.string(&interner)
            case 4: effect = TaintEffect(try message.text())
            default: try message.skip()
            }
        }
        if !isKnown { return nil }
    }
}

extension Taint {
    /// Reads the taint that the reader came to.
    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var message = try reader.message("spec.taints")
        self.init(key: .empty, value: .empty, effect: .unknown)
        while try message.next() {
            switch message.field {
            case 1: key = try message.string(&interner)
            case 2: value = try message.string(&interner)
            case 3: effect = TaintEffect(try message.text())
            default: try message.skip()
            }
        }
    }
}

extension TaintEffect {
    /// The effect of a word.
    fileprivate init(_ word: UnsafeBufferPointer<UInt8>) {
        if word.isEmpty {
            self = .any
        } else if StaticString("NoSchedule").equals(word) {
            self = .noSchedule
        } else if StaticString("NoExecute").equals(word) {
            self = .noExecute
        } else if StaticString("PreferNoSchedule").equals(word) {
            self = .preferNoSchedule
        } else {
            self = .unknown
        }
    }
}
