import ClusterSimulator
import Programs
import ServiceLifecycle

/// What happens to the demo's cluster, over and over: a rollout, a node lost and back, a zone lost and back.
struct DemoStory: Sendable {
    /// Something that happens.
    enum Event: Sendable, Equatable {
        case nothing
        case rollOut(namespace: String, deployment: String)
        case begin(SimulatedFault)
        case end(SimulatedFault)
    }

    /// An event, what is told of it, and how long it is looked at.
    struct Step: Sendable {
        let event: Event
        let text: String
        /// In multiples of the pace.
        let paces: Int
    }

    /// The steps of one round.
    let steps: [Step]
    private let cluster: SimulatedCluster
    private let pace: Duration

    /// Makes up the story of a cluster.
    init(_ cluster: SimulatedCluster, pace: Duration) {
        self.cluster = cluster
        self.pace = pace
        let zone = cluster.plan.zoneName(1)
        let node = cluster.nodeNames(zone: cluster.plan.zoneName(0)).first { $0.hasPrefix("worker-") } ?? ""
        let master = cluster.nodeNames(zone: zone).first { $0.hasPrefix("cp-") } ?? ""
        var steps = [
            Step(
                event: .nothing,
                text:
                    "Everything is healthy. kube_ha_survives says whether each loss would be survived, "
                    + "kube_ha_zone_loss_* what the loss of each zone would break",
                paces: 1
            )
        ]
        if let deployment = cluster.objects(.deployments).last(where: { $0.namespace.hasPrefix("team-") }) {
            steps.append(
                Step(
                    event: .rollOut(namespace: deployment.namespace, deployment: deployment.name),
                    text: "Deployment \(deployment.namespace)/\(deployment.name) is rolled out. See "
                        + "kube_ha_workload_rollout_in_progress",
                    paces: 1
                )
            )
        }
        steps += [
            Step(
                event: .begin(.nodeLost(node)),
                text: "Node \(node) loses power. See kube_ha_nodes_ready and kube_ha_node_ready",
                paces: 2
            ),
            Step(event: .end(.nodeLost(node)), text: "Node \(node) is back", paces: 1),
            Step(
                event: .begin(.zoneLost(zone)),
                text: "\(zone) loses power, and with it \(master)'s API server and etcd member. See "
                    + "kube_ha_etcd_failure_tolerance, kube_ha_control_plane_failure_tolerance and kube_ha_zone_nodes_ready",
                paces: 2
            ),
            Step(event: .end(.zoneLost(zone)), text: "\(zone) is back", paces: 1),
        ]
        self.steps = steps
    }

    /// Lets it happen until the program shuts down.
    func run() async {
        try? await cancelWhenGracefulShutdown {
            while true {
                for step in steps {
                    StandardStreams.write("\(step.text).\n")
                    perform(step.event)
                    try await Task.sleep(for: pace * step.paces)
                }
            }
        }
    }

    /// Lets one thing happen.
    func perform(_ event: Event) {
        do throws(SimulatedFaultError) {
            switch event {
            case .nothing: break
            case .rollOut(let namespace, let deployment):
                try cluster.rollOut(namespace: namespace, deployment: deployment)
            case .begin(let fault): try cluster.inject(fault)
            case .end(let fault): cluster.clear(fault)
            }
        } catch {
            StandardStreams.write("This event is skipped: \(error).\n")
        }
    }
}
