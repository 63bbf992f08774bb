/// The areas, in the order of the guidance. To add one: its file, a line here, its golden.
package let allAreas: [any Area.Type] = [
    ControlPlane.self,
    Etcd.self,
    Replicas.self,
    Nodes.self,
    DisruptionBudgets.self,
    Zones.self,
    SingleNodeDeployment.self,
]
