import HASignals

/// The first screen: how the cluster stands, who is hit now, who would be hit next, and why.
extension ReportPage {
    private static let listed = 8

    /// How the cluster stands, in a line, and why.
    var verdict: (tone: Tone, word: String, title: String, lead: String) {
        let now = model.headline.first { $0.subject == .now }
        let losses = model.headline.filter {
            [.nodeLoss, .zoneLoss, .controlPlaneNodeLoss].contains($0.subject)
        }
        if now?.answer == .no {
            let down = model.unavailable.filter { $0.isDown && $0.object.kind == "Host" }
            let names = down.isEmpty ? model.causes.first.map { [$0.cause.object.text] } ?? [] : down.map(\.object.name)
            let what = down.isEmpty ? "Critical now" : down.count == 1 ? "Host down now" : "Hosts down now"
            return (.bad, "broken", "\(what): \(Phrase.list(names, naming: 3))", firstCause)
        }
        let broken = losses.filter { $0.answer == .no }
        if !broken.isEmpty {
            let places = broken.map { "a \($0.subject.places.one)" }
            let title = "Works now, but would not survive the loss of \(Self.alternatives(places))"
            let worst = broken.first { $0.subject == .zoneLoss } ?? broken[0]
            return (.warn, "at risk", title, Self.sentence(worst.subject.label) + ": \(worst.detail).")
        }
        let unknown = losses.filter { $0.answer == .unknown }
        if now?.answer == .unknown || unknown.count == losses.count {
            let reasons = [now?.answer == .unknown ? model.headline.last?.detail : unknown.first?.detail]
            return (
                .unknown, "unknown", "It cannot be told whether the cluster is highly available",
                Self.sentence(reasons.compactMap { $0 }.joined()) + "."
            )
        }
        let places = losses.filter { $0.answer == .yes }.map { "any \($0.subject.places.one)" }
        let title = "Works, and would survive the loss of \(Self.alternatives(places))"
        return (.ok, "well", title, Self.sentence(now?.detail ?? "") + ".")
    }

    private var firstCause: String {
        guard let first = model.causes.first else { return "" }
        let message = first.findings.first.map { ": \($0.message)" } ?? ""
        let explained = first.consequences.count
        return "The first cause is \(first.cause.object.text)\(message)."
            + (explained > 0 ? " It explains \(Self.count(explained, "other finding", "other findings"))." : "")
    }

    private static func alternatives(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "anything" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    var verdictSection: HTML {
        let verdict = verdict
        return [
            .element(
                "div",
                ["class": "verdict \(verdict.tone.rawValue)"],
                [
                    .element("p", Self.badge(verdict.word, verdict.tone)), .element("h1", HTML(verdict.title)),
                    .element("p", HTML(verdict.lead)),
                ]
            ),
            .element("div", ["class": "pair"], [unavailable, risks]),
            section("answers", "What it would survive", answers),
        ]
    }

    // MARK: Now

    private var unavailable: HTML {
        let (shown, rest) = cut(model.unavailable)
        let items = shown.map { item -> HTML in
            let availability = item.availability
            let parts = item.object.kind == "Host" ? ("backend", "backends") : ("workload", "workloads")
            var words =
                item.isDown
                ? "none of its \(Self.count(availability.parts, parts.0, parts.1)) works"
                : "\(availability.working) of its \(Self.count(availability.parts, parts.0, parts.1)) work"
            if availability.parts == 1 { words = "its one \(parts.0) does not work" }
            var why: [HTML] = []
            if let part = item.part { why += [HTML("; \(part.text): \(item.message)")] }
            if let cause = item.cause, cause.object != item.part {
                why += [", because of ", object(cause.object)]
            }
            return .element(
                "li",
                [
                    Self.badge(item.isDown ? "down" : "impaired", item.isDown ? .bad : .warn), " ",
                    .element("strong", object(item.object)), HTML(": \(words)"), HTML(why),
                ]
            )
        }
        let table = model.survival.table
        let areKnown = !table.hostAvailability.isEmpty || !table.applicationAvailability.isEmpty
        let empty =
            areKnown
            ? "Nothing: every host has a ready backend behind each path, and no application lacks a workload."
            : "No host and no application is known here."
        return section(
            "now",
            "Not working now",
            items.isEmpty ? .element("p", HTML(empty)) : [.element("ul", HTML(items)), rest]
        )
    }

    // MARK: Next

    private var risks: HTML {
        // Of one subject the places are told together.
        var positions: [Risk.Subject: Int] = [:]
        var groups: [(subject: Risk.Subject, risks: [Risk])] = []
        for risk in model.survival.table.risks() {
            if let position = positions[risk.subject] {
                groups[position].risks.append(risk)
            } else {
                positions[risk.subject] = groups.count
                groups.append((risk.subject, [risk]))
            }
        }
        let (shown, rest) = cut(groups)
        let items = shown.map { subject, risks -> HTML in
            var places: [FindingObject] = []
            for risk in risks where !places.contains(risk.place) { places.append(risk.place) }
            let named = places.prefix(3).enumerated()
                .map { position, place -> HTML in
                    [position == 0 ? "" : ", ", object(place)]
                }
            let more = places.count > 3 ? " and \(places.count - 3) more" : ""
            return .element(
                "li",
                [
                    .element("strong", name(subject)), places.count > 1 ? " with any of " : " with ", HTML(named),
                    HTML(more), HTML(Self.reason(risks)),
                ]
            )
        }
        let unknown = model.headline.filter { $0.verdict != nil && $0.answer == .unknown }
        let empty =
            unknown.isEmpty
            ? "Nothing that is meant to survive hangs on one node or one zone."
            : "Nothing that is meant to survive is known to hang on one node or one zone."
        return section(
            "next",
            "Would be lost next",
            items.isEmpty ? .element("p", HTML(empty)) : [.element("ul", HTML(items)), rest]
        )
    }

    private func name(_ subject: Risk.Subject) -> HTML {
        switch subject {
        case .etcdQuorum(let name): HTML("The quorum of etcd cluster \(name)")
        case .lastAPIServer: "The last serving API server"
        case .clusterDNS: "The cluster DNS"
        case .ingressController(let name): HTML("The controller of IngressClass \(name)")
        case .gateway(let name): HTML("The proxies of Gateway \(name)")
        case .host(let object), .application(let object), .object(let object): self.object(object)
        }
    }

    private static func reason(_ risks: [Risk]) -> String {
        guard let first = risks.first, let through = first.through else { return "" }
        let what = through.kind == "Service" ? "every ready endpoint" : "every healthy pod"
        let one = ": \(what) of \(through.text) is " + (first.place.kind == "Node" ? "on it" : "in it")
        var others: [FindingObject] = []
        for risk in risks {
            if let object = risk.through, object != through, !others.contains(object) { others.append(object) }
        }
        return others.isEmpty ? one : "\(one), and of \(others.count) more"
    }

    private func cut<Element>(_ all: [Element]) -> (shown: ArraySlice<Element>, rest: HTML) {
        if isComplete || all.count <= Self.listed + 1 { return (all[...], []) }
        let rest = "and \(Self.number(all.count - Self.listed)) more: "
        return (
            all.prefix(Self.listed),
            .element("p", ["class": "more"], [HTML(rest), .element("a", ["href": "#losses"], "what each loss takes")])
        )
    }

    // MARK: Answers

    private var answers: HTML {
        let rows = model.headline.map { line -> [HTML] in
            let place = line.worstLoss?.place ?? line.worstDrain?.node
            let worst = place.map { object($0, named: $0.name) }
            return [
                HTML(Self.sentence(line.subject.label)), Self.badge(line.answer.rawValue, Tone(line.answer)),
                worst ?? "–", HTML(line.detail),
            ]
        }
        return table("Answer for each event", ["Event", "Survives", "Worst case", "What it would cost"], rows)
    }
}
