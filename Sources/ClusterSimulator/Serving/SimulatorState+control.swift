import KubernetesWire

extension SimulatorState {
    /// The control route, which no fault touches: `GET`, `POST` and `DELETE /simulator/faults`, and
    /// `POST /simulator/churn` with `{"perSecond": 5}`, `POST /simulator/rollouts` with namespace and name of a
    /// Deployment.
    mutating func control(_ request: SimulatedRequest) -> Answer {
        do {
            switch (request.method, request.path) {
            case ("GET", "/simulator/faults"): break
            case ("POST", "/simulator/faults"):
                try inject(SimulatedFault(json: try Self.json(request.body)))
            case ("DELETE", "/simulator/faults") where request.body.isEmpty:
                for fault in faults { clear(fault) }
            case ("DELETE", "/simulator/faults"):
                clear(try SimulatedFault(json: try Self.json(request.body)))
            case ("POST", "/simulator/churn"):
                guard let rate = try Self.json(request.body)["perSecond"]?.double, rate >= 0, rate <= 100_000 else {
                    throw SimulatedFaultError.badRequest("member \"perSecond\" must be a number from 0 to 100000")
                }
                cluster.churnRate = rate
            case ("POST", "/simulator/rollouts"):
                let json = try Self.json(request.body)
                let (namespace, name) = (json["namespace"]?.text ?? "", json["name"]?.text ?? "")
                guard cluster.beginRollout(namespace: namespace, deployment: name) else {
                    throw SimulatedFaultError.unknownName("\(namespace)/\(name)", expected: "Deployment")
                }
                deliver()
            default:
                return controlAnswer(404, .members(["error": .string("no such control route: \(request.path)")]))
            }
        } catch {
            return controlAnswer(400, .members(["error": .string("\(error)")]))
        }
        return controlAnswer(
            200,
            .members([
                "faults": .array(faults.map(\.json)), "churnPerSecond": .number(String(cluster.churnRate)),
            ])
        )
    }

    private static func json(_ body: [UInt8]) throws(SimulatedFaultError) -> JSONValue {
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw .badRequest("\(error)")
        }
    }

    private func controlAnswer(_ status: Int, _ json: JSONValue) -> Answer {
        let body = json.encoded + [0x0A]
        let headers: [(name: String, value: String)] = [
            ("content-type", "application/json"), ("content-length", String(body.count)),
        ]
        return .response(
            SimulatedResponse(head: SimulatedHead(status: status, headers: headers), body: .bytes(body))
        )
    }
}
