import ClusterState
import FoundationEssentials

/// What each kind's row should hold.
extension Expectation {
    var pod: [String: String] {
        let isSystem = metadata["namespace"].text == "kube-system"
        let labels = metadata["labels"]
        let annotations = metadata["annotations"]
        let advertised = annotations["kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"].text
        let advertises = isSystem && labels["component"].text == "kube-apiserver" && !advertised.isEmpty
        let phases = ["Pending": "pending", "Running": "running", "Succeeded": "succeeded", "Failed": "failed"]
        let scheduled = status["conditions"].condition("PodScheduled")
        let isDaemon = controller["kind"].text == "DaemonSet"
        let flags: [(String, Bool)] = [
            (phases[status["phase"].text] ?? "", true), ("ready", conditionStatus("Ready") == "isTrue"),
            (
                "unschedulable",
                scheduled["status"].text == "False" && scheduled["reason"].text == "Unschedulable"
            ),
            ("hostNetwork", spec["hostNetwork"].bool),
            (
                "mirror",
                controller["kind"].text == "Node"
                    || isSystem && controller.isNull
                        && (!annotations["kubernetes.io/config.mirror"].isNull
                            || labels["tier"].text == "control-plane")
            ),
            ("restartsAlways", ["", "Always"].contains(spec["restartPolicy"].text)), ("daemon", isDaemon),
            ("advertisesAddress", advertises),
            (
                "wasReady",
                conditionStatus("Ready") == "isFalse"
                    && Self.secondsBetween(status["startTime"].text, conditionTime("Ready")) > 5
            ),
            ("placeholder", spec["priority"].number().hasPrefix("-")),
        ]
        let claims = spec["volumes"].array
            .compactMap { volume -> String? in
                if !volume["ephemeral"].isNull { return metadata["name"].text + "-" + volume["name"].text }
                let claim = volume["persistentVolumeClaim"]
                return claim.isNull ? nil : claim["claimName"].text
            }
        return [
            "uid": metadata["uid"].text, "owner": owner, "labels": self.labels, "node": spec["nodeName"].text,
            "placement": isDaemon ? Self.noPlacement : Self.placement(spec), "claims": Description.list(claims),
            "requests": requests,
            "annotation": advertises ? advertised : annotations["kube-ha-exporter/ignore"].text,
            "created": metadata["creationTimestamp"].text, "readySince": conditionTime("Ready"),
            "deletion": metadata["deletionTimestamp"].text,
            "flags": flags.filter { $0.1 && !$0.0.isEmpty }.map(\.0).joined(separator: "+"),
            "name": metadata["name"].text,
        ]
    }

    /// Seconds from one time to another; 0 where either is missing.
    private static func secondsBetween(_ start: String, _ end: String) -> Double {
        guard let start = Timestamp(rfc3339: start), let end = Timestamp(rfc3339: end) else { return 0 }
        return end.seconds - start.seconds
    }

    var node: [String: String] {
        let labels = metadata["labels"]
        func label(_ stable: String, _ beta: String) -> String {
            labels[stable].isNull ? labels[beta].text : labels[stable].text
        }
        let taints = spec["taints"].array
            .map {
                Description.record([
                    ("key", $0["key"].text), ("value", $0["value"].text), ("effect", Self.effect($0["effect"].text)),
                ])
            }
        let isControlPlane = ["control-plane", "master"].contains { !labels["node-role.kubernetes.io/\($0)"].isNull }
        return row([
            "role": isControlPlane
                ? "controlPlane" : labels["node-role.kubernetes.io/etcd"].isNull ? "worker" : "etcd",
            "zone": label("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"),
            "region": label("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"),
            "isCordoned": "\(spec["unschedulable"].bool)", "taints": Description.list(taints),
            "ready": conditionStatus("Ready"), "readySince": conditionTime("Ready"),
            "memoryPressure": conditionStatus("MemoryPressure"), "diskPressure": conditionStatus("DiskPressure"),
            "pidPressure": conditionStatus("PIDPressure"),
            "networkUnavailable": conditionStatus("NetworkUnavailable"),
            "allocatable": Self.resources(Self.amounts(status["allocatable"])),
            "allocatablePods": "\(Self.quantity(status["allocatable"]["pods"].text, scale: 1))",
            "addresses": Description.list(status["addresses"].array.map { $0["address"].text }),
            "kubeletVersion": status["nodeInfo"]["kubeletVersion"].text,
        ])
    }

    /// What ReplicaSet and ReplicationController have in common.
    private var replicas: [String: String] {
        row([
            "replicas": spec["replicas"].number(1), "statusReplicas": status["replicas"].number(),
            "readyReplicas": status["readyReplicas"].number(),
            "availableReplicas": status["availableReplicas"].number(),
            "replicaFailure": conditionStatus("ReplicaFailure"), "template": template,
        ])
    }

    var replicationController: [String: String] { replicas }

    var replicaSet: [String: String] {
        var fields = replicas
        if controller["kind"].text == "Deployment" { fields["template"] = Self.noTemplate }
        return fields
    }

    var deployment: [String: String] {
        let rolling = spec["strategy"]["rollingUpdate"]
        return replicas.merging([
            "isRecreate": "\(spec["strategy"]["type"].text == "Recreate")",
            "maxUnavailable": Self.intOrPercent(rolling["maxUnavailable"], "percent(25)"),
            "maxSurge": Self.intOrPercent(rolling["maxSurge"], "percent(25)"),
            "revisionHistoryLimit": spec["revisionHistoryLimit"].number(10),
            "isPaused": "\(spec["paused"].bool)", "observedGeneration": status["observedGeneration"].number(),
            "updatedReplicas": status["updatedReplicas"].number(),
            "progressing": conditionStatus("Progressing"),
            "hasCompletedRollout":
                "\(status["conditions"].condition("Progressing")["reason"].text == "NewReplicaSetAvailable")",
        ]) { $1 }
    }

    var statefulSet: [String: String] {
        let rolling = spec["updateStrategy"]["rollingUpdate"]
        return row([
            "replicas": spec["replicas"].number(1), "template": template,
            "isOnDelete": "\(spec["updateStrategy"]["type"].text == "OnDelete")",
            "partition": rolling["partition"].number(),
            "maxUnavailable": Self.intOrPercent(rolling["maxUnavailable"], "nil"),
            "revisionHistoryLimit": spec["revisionHistoryLimit"].number(10),
            "observedGeneration": status["observedGeneration"].number(),
            "statusReplicas": status["replicas"].number(), "readyReplicas": status["readyReplicas"].number(),
            "availableReplicas": status["availableReplicas"].number(),
            "updatedReplicas": status["updatedReplicas"].number(),
            "currentRevision": status["currentRevision"].text, "updateRevision": status["updateRevision"].text,
        ])
    }

    var daemonSet: [String: String] {
        let rolling = spec["updateStrategy"]["rollingUpdate"]
        return row([
            "template": template, "isOnDelete": "\(spec["updateStrategy"]["type"].text == "OnDelete")",
            "maxUnavailable": Self.intOrPercent(rolling["maxUnavailable"], "number(1)"),
            "maxSurge": Self.intOrPercent(rolling["maxSurge"], "number(0)"),
            "revisionHistoryLimit": spec["revisionHistoryLimit"].number(10),
            "observedGeneration": status["observedGeneration"].number(),
            "desired": status["desiredNumberScheduled"].number(), "current": status["currentNumberScheduled"].number(),
            "misscheduled": status["numberMisscheduled"].number(), "ready": status["numberReady"].number(),
            "available": status["numberAvailable"].number(), "unavailable": status["numberUnavailable"].number(),
            "updated": status["updatedNumberScheduled"].number(),
        ])
    }

    var controllerRevision: [String: String] { row(["revision": json["revision"].number()]) }

    var podDisruptionBudget: [String: String] {
        let condition = status["conditions"].condition("DisruptionAllowed")
        return row([
            "selector": Self.labelSelector(spec["selector"]),
            "minAvailable": Self.intOrPercent(spec["minAvailable"], "nil"),
            "maxUnavailable": Self.intOrPercent(spec["maxUnavailable"], "nil"),
            "evictsUnhealthyAlways": "\(spec["unhealthyPodEvictionPolicy"].text == "AlwaysAllow")",
            "observedGeneration": status["observedGeneration"].number(),
            "disruptionsAllowed": status["disruptionsAllowed"].number(),
            "currentHealthy": status["currentHealthy"].number(), "desiredHealthy": status["desiredHealthy"].number(),
            "expectedPods": status["expectedPods"].number(),
            "isSyncFailed": "\(condition["status"].text == "False" && condition["reason"].text == "SyncFailed")",
        ])
    }

    var service: [String: String] {
        let types = ["NodePort": "nodePort", "LoadBalancer": "loadBalancer", "ExternalName": "externalName"]
        let ingress = status["loadBalancer"]["ingress"].array
        return row([
            "type": types[spec["type"].text] ?? "clusterIP",
            "selector": Description.record([("requirements", Description.list(Self.equalities(spec["selector"])))]),
            "publishesNotReady": "\(spec["publishNotReadyAddresses"].bool)",
            "isHeadless": "\(spec["clusterIP"].text == "None")",
            "hasPorts": "\(!spec["ports"].array.isEmpty)",
            "hasExternalIPs": "\(!spec["externalIPs"].array.isEmpty)",
            "hasLoadBalancerAddress": "\(ingress.contains { !($0["ip"].text + $0["hostname"].text).isEmpty })",
        ])
    }

    var endpointSlice: [String: String] {
        let endpoints = json["endpoints"].array
            .flatMap { endpoint -> [String] in
                let conditions = endpoint["conditions"]
                func says(_ condition: String) -> Bool {
                    (conditions[condition].isNull || conditions[condition].bool) && !conditions["terminating"].bool
                }
                let target = endpoint["targetRef"]["uid"].text
                let addresses = target.isEmpty ? endpoint["addresses"].array.map(\.text) : [""]
                return addresses.map {
                    Description.record([
                        ("target", target.isEmpty ? Description.text(.none) : target),
                        ("node", endpoint["nodeName"].text),
                        ("zone", endpoint["zone"].text), ("address", $0), ("isReady", "\(says("ready"))"),
                        ("isServing", "\(says("serving"))"),
                    ])
                }
            }
        return row([
            "addressType": json["addressType"].text.lowercased(),
            "service": metadata["labels"]["kubernetes.io/service-name"].text,
            "endpoints": Description.list(endpoints),
            "ports": Description.list(json["ports"].array.map { $0["port"].number() }),
            "hasPorts": "\(!json["ports"].array.isEmpty)",
        ])
    }

    /// The zones of a volume's label, joined by `__`: `LabelZonesToSet` in k8s.io/cloud-provider/volume/helpers/zones.go;
    /// the beta label where the other is not there.
    private static func labelZones(_ labels: JSON) -> [String] {
        let names = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"]
        let label = names.map { labels[$0].text }.first { !$0.isEmpty } ?? ""
        return label.isEmpty ? [] : label.replacing("__", with: "\n").split(separator: "\n").map(String.init)
    }

    var persistentVolume: [String: String] {
        let claim = spec["claimRef"]["uid"].text
        return row([
            "phase": status["phase"].text.lowercased(),
            "nodeAffinity": Self.nodeSelector(spec["nodeAffinity"]["required"]),
            "storageClass": spec["storageClassName"].text,
            "claim": claim.isEmpty ? Description.text(.none) : claim,
            "labelZones": Description.list(Self.labelZones(metadata["labels"])),
        ])
    }

    var persistentVolumeClaim: [String: String] {
        let modes = spec["accessModes"].array.map(\.text)
        return row([
            // Each recorded claim has one mode.
            "sharing": ["ReadWriteOnce": "oneNode", "ReadWriteOncePod": "onePod"][modes.first ?? ""] ?? "severalNodes",
            "phase": status["phase"].text.lowercased(), "volume": spec["volumeName"].text,
            "storageClass": spec["storageClassName"].text,
            "namesStorageClass": "\(!spec["storageClassName"].isNull)",
        ])
    }

    var nodeLease: [String: String] {
        // MicroTime has six digits behind the point.
        let renewed = spec["renewTime"].text
        let whole = renewed.split(separator: ".").first.flatMap { Timestamp(rfc3339: $0 + "Z") }
        let micros = renewed.split(separator: ".").last?.dropLast() ?? ""
        return row([
            "spec.holder": spec["holderIdentity"].text,
            "spec.durationSeconds": spec["leaseDurationSeconds"].number(),
            "spec.renewed": whole.map { "\(Int($0.seconds) * 1_000_000 + (Int(micros) ?? 0))" } ?? "nil",
            "spec.transitions": spec["leaseTransitions"].number(),
        ])
    }

    var lease: [String: String] {
        let key = "kubernetes.io/peer-advertise-address"
        let annotation = metadata["annotations"][key]
        return nodeLease.merging([
            "advertisedAddress": annotation.isNull ? metadata["labels"][key].text : annotation.text
        ]) { $1 }
    }
}
