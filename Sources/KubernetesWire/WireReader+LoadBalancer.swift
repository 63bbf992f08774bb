extension WireReader {
    /// Whether the LoadBalancerStatus of a Service or an Ingress, which are alike, has an address.
    mutating func hasLoadBalancerAddress() throws(WireError) -> Bool {
        var balancer = try message("status.loadBalancer")
        var hasAddress = false
        while try balancer.next() {
            guard balancer.field == 1 else {
                try balancer.skip()
                continue
            }
            var ingress = try balancer.message("status.loadBalancer.ingress")
            while try ingress.next() {
                switch ingress.field {
                case 1, 2: if try !ingress.text().isEmpty { hasAddress = true }
                default: try ingress.skip()
                }
            }
        }
        return hasAddress
    }
}
